"""News reaches an open page at once, and a page without news is silent."""

from statistics import median

import pytest

from tests.journeys.desk import OVERVIEW, Desk, Frames
from tests.journeys.gateway import Gateway
from tests.journeys.latency import accepted_to_shown_ms, asked_to_answered_ms, keep_line

pytestmark = pytest.mark.journey

PAYMENTS = 15
EVENTS = 3
ROUNDS = 3
BOUND_MS = 150
# On a quiet machine push takes five times as long as the plainest event, for its webhook is read back from the gateway
# and booked on the way; on a crowded one both are late alike. 150 ms are twelve quiet events.
BOUND_EVENTS = 12
QUIET_S = 20


def p95(taken: list[float]) -> float:
    return sorted(taken)[round(0.95 * (len(taken) - 1))]


@pytest.mark.alone
def test_an_accepted_webhook_is_on_the_screen_within_150_ms_or_twelve_events_of_a_crowded_machine(
    customer: Desk, gateway: Gateway
) -> None:
    """Measured beside each other, and one of three rounds has to hold: the bound tells push, not the machine."""
    keep_line(customer)
    customer.asks_for(25_000)
    accepted_to_shown_ms(customer, gateway)  # the first one also warms the browser and the gateway's client
    told, is_held = [], False
    for _ in range(ROUNDS):
        pushes: list[float] = []
        events: list[float] = []
        for _ in range(PAYMENTS):
            customer.asks_for(25_000)
            events += [asked_to_answered_ms(customer) for _ in range(EVENTS)]
            pushes.append(accepted_to_shown_ms(customer, gateway))
        is_held = p95(pushes) <= max(BOUND_MS, BOUND_EVENTS * p95(events))
        told.append(
            f"push p50 {median(pushes):.0f} ms, p95 {p95(pushes):.0f} ms, {sorted(map(round, pushes))}; "
            f"an event p50 {median(events):.0f} ms, p95 {p95(events):.0f} ms"
        )
        if is_held:
            break
    assert is_held, "\n".join(told)


def test_open_pages_without_news_neither_ask_nor_hear_anything(customer: Desk) -> None:
    overview = customer.beside()
    lines = [Frames.of(customer.page), Frames.of(overview.page)]
    customer.asks_for(50_000)
    overview.goes_to(OVERVIEW)
    overview.page.wait_for_timeout(2_000)  # what belongs to opening the pages is over by then
    assert all(line.all for line in lines)
    for line in lines:
        line.clear()
    overview.page.wait_for_timeout(QUIET_S * 1000)
    assert [line.all for line in lines] == [[], []]

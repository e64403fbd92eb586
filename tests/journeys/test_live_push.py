"""News reaches an open page at once, and a page without news is silent."""

from statistics import median

import pytest

from tests.journeys.desk import OVERVIEW, Desk, Frames
from tests.journeys.gateway import Gateway
from tests.journeys.latency import accepted_to_shown_ms

pytestmark = pytest.mark.journey

PAYMENTS = 15
ROUNDS = 3
BOUND_MS = 150
QUIET_S = 20


@pytest.mark.alone
def test_an_accepted_webhook_is_on_the_screen_within_150_ms(customer: Desk, gateway: Gateway) -> None:
    """What else the machine does can only add to it: one of three rounds has to hold the bound."""
    accepted_to_shown_ms(customer, gateway)  # the first one also warms the browser and the gateway's client
    told = []
    for _ in range(ROUNDS):
        taken = sorted(accepted_to_shown_ms(customer, gateway) for _ in range(PAYMENTS))
        p95 = taken[round(0.95 * (PAYMENTS - 1))]
        if p95 <= BOUND_MS:
            return
        told.append(f"p50 {median(taken):.0f} ms, p95 {p95:.0f} ms, all {[round(each) for each in taken]}")
    pytest.fail("\n".join(told))


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

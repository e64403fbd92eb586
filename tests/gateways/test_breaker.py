"""A gateway that hangs is left alone for a while: nobody waits for it, and no outcome is left unclear meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from billing_ui.gateways.breaker import HANGING_CALLS, REST_S, Breaker
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.kit.amount import Amount
from billing_ui.kit.clock import ManualClock
from billing_ui.rules.errors import GatewayRejected, GatewayUnavailable
from billing_ui.rules.facts import PaymentIntent

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
INTENT = PaymentIntent("top_1", "QRIS", Amount(50_000, "IDR"), "-", "Sari", NOON)


def clock() -> ManualClock:
    return ManualClock(NOON)


def hang(breaker: Breaker, times: int = HANGING_CALLS) -> None:
    for _ in range(times):
        assert breaker.may_ask()
        breaker.hear(is_hanging=True)


def test_calls_that_hang_in_a_row_end_the_asking() -> None:
    breaker = Breaker(clock())
    hang(breaker)
    assert not breaker.may_ask()


def test_one_answer_in_between_starts_the_count_anew() -> None:
    breaker = Breaker(clock())
    hang(breaker, HANGING_CALLS - 1)
    breaker.hear(is_hanging=False)
    hang(breaker, HANGING_CALLS - 1)
    assert breaker.may_ask()


def test_after_the_rest_one_call_tries_for_all_and_its_answer_opens_the_way() -> None:
    time = clock()
    breaker = Breaker(time)
    hang(breaker)
    time.advance(timedelta(seconds=REST_S))
    assert [breaker.may_ask() for _ in range(3)] == [True, False, False]
    breaker.hear(is_hanging=False)
    assert breaker.may_ask()


def test_a_trial_that_hangs_too_begins_another_rest() -> None:
    time = clock()
    breaker = Breaker(time)
    hang(breaker)
    time.advance(timedelta(seconds=REST_S))
    assert breaker.may_ask()
    breaker.hear(is_hanging=True)
    time.advance(timedelta(seconds=REST_S - 1))
    assert not breaker.may_ask()


@pytest.fixture
def silence() -> Iterator[str]:
    """A door where everybody may knock and nobody answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_hanging_gateway_leaves_five_outcomes_unknown_and_then_says_at_once_that_it_cannot(silence: str) -> None:
    gateway = XenditGateway("xnd_development_x", silence, ("token",), timeout_s=(0.05, 0.05), clock=clock())
    for _ in range(HANGING_CALLS):
        with pytest.raises(GatewayUnavailable) as unclear:
            gateway.create(INTENT)
        assert unclear.value.facts["reason"] == "ReadTimeoutError"
    with pytest.raises(GatewayRejected) as clear:
        gateway.create(INTENT)
    assert clear.value.facts["reason"] == "CHANNEL_UNAVAILABLE"
    with pytest.raises(GatewayUnavailable) as unread:
        gateway.status("pr-1")
    assert unread.value.facts["reason"] == "NOT_ASKED"


def test_a_gateway_that_refuses_connections_answers_fast_and_is_asked_on() -> None:
    gateway = XenditGateway("xnd_development_x", "http://127.0.0.1:1", ("token",), clock=clock())
    for _ in range(HANGING_CALLS + 2):
        with pytest.raises(GatewayUnavailable) as unclear:
            gateway.create(INTENT)
        assert unclear.value.facts["reason"] != "NOT_ASKED"

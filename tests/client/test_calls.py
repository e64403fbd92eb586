"""The block around an AI call: charged what it took, once; let go of when it fails; never lost without a word."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from billing_ui.client import Billing, Conflict, Invalid, Patience, Refused, Unavailable
from billing_ui.client.reservations import tell_the_log
from tests.client.desk import CHAT, Desk, problem
from tests.client.providers import Provider, chat_chunks, chat_usage, message_events

ESTIMATE: Any = {**CHAT, "input_tokens": 2_000, "output_tokens": 1_000}


def used(desk: Desk) -> int:
    """What the only event took of the plan; nothing is set aside any more."""
    assert desk.open_holds() == 0
    desk.world.books_are_right()
    (event,) = desk.events()
    return int(event.allowance)


def test_a_call_is_set_aside_before_and_charged_what_it_took_after(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE) as call:
        assert (call.held.allowance, call.held.meters["tokens"].remaining, desk.open_holds()) == (3_000, 17_000, 1)
        charged = call.settle(chat_usage(500, 200), session_id="s-1", metadata={"chapter": 2})
    assert charged is not None and charged.charged == 700 == used(desk)
    assert charged.meters["tokens"].remaining == 19_300
    assert (desk.events()[0].session, desk.events()[0].metadata) == ("s-1", {"chapter": 2})


@pytest.mark.parametrize(
    ("told", "charged"),
    [({}, 3_000), ({"input_tokens": 40}, 40), ({"output_tokens": 7, "cached_tokens": 4, "model": "gpt-5-mini"}, 8)],
)
def test_numbers_will_do_and_nothing_at_all_is_the_estimate(
    billing: Billing, desk: Desk, told: Any, charged: int
) -> None:
    with billing.reserve(**ESTIMATE) as call:
        call.settle(**told)
    assert used(desk) == charged


def test_a_block_that_is_left_without_settling_lets_go(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE) as call:
        pass
    assert (call.state, desk.open_holds(), desk.events()) == ("released", 0, [])


def test_a_call_that_fails_is_let_go_of_and_fails_as_it_did(billing: Billing, desk: Desk) -> None:
    desk.road.plan = []
    with pytest.raises(ConnectionResetError, match="broke"), billing.reserve(**ESTIMATE):
        raise ConnectionResetError("the provider broke off")
    assert (desk.open_holds(), desk.events()) == (0, [])


def test_a_failure_is_not_hidden_by_a_desk_that_is_away(
    billing: Billing, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def call_a_provider() -> None:
        with billing.reserve(**ESTIMATE):
            desk.road.plan = [problem(500, "internal")]
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        call_a_provider()
    assert "lets go of itself at 2026-11-21T03:" in caplog.text


def test_a_refused_reservation_makes_no_call(billing: Billing, desk: Desk) -> None:
    with pytest.raises(Refused) as no, billing.reserve(**{**ESTIMATE, "input_tokens": 30_000}):
        raise AssertionError("the call was made")
    assert no.value.refusal.available == 20_000 and desk.open_holds() == 0


def test_reserving_and_settling_are_done_once_whatever_is_lost_on_the_way(billing: Billing, desk: Desk) -> None:
    desk.road.plan = ["unheard", "lost"]
    with billing.reserve(**ESTIMATE, event_id="evt-1", seconds=120) as call:
        desk.road.plan = ["lost", "unheard", problem(503, "busy", Retry_After="1"), "unheard"]
        charged = call.settle(chat_usage(500, 200), occurred_at=desk.world.clock.now())
    assert charged is not None and charged.replayed and used(desk) == 700


def test_a_call_that_cannot_be_charged_is_handed_over_and_charged_later_once(desk: Desk) -> None:
    with desk.billing(afterwards=Patience(total_s=0.1, first_pause_s=0.02)) as billing:
        with billing.reserve(**ESTIMATE) as call:
            desk.road.plan = ["unheard"] * 100
            assert call.settle(chat_usage(500, 200), occurred_at=desk.world.clock.now()) is None
        assert call.state == "unsettled" and len(desk.unsettled) == 1
        (kept,) = desk.unsettled
        assert isinstance(kept.problem, Unavailable)
        desk.road.plan.clear()
        again: Any = json.loads(json.dumps(kept.event))
        assert billing.settle(**again).charged == 700
    assert used(desk) == 700


def test_without_anybody_to_hand_it_to_it_stands_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with desk.billing(afterwards=Patience(total_s=0.05), on_unsettled=tell_the_log) as billing:
        call = billing.reserve(**ESTIMATE)
        desk.road.plan = ["lost"] * 100
        assert call.settle(chat_usage(500, 200)) is None
    (line,) = (each for each in caplog.records if each.levelno == logging.ERROR)
    assert json.loads(line.getMessage()[line.getMessage().index("{") :])["event_id"] == call.event_id


def test_what_will_never_be_charged_is_handed_over_and_raised(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE, event_id="evt-1") as call:
        billing.settle(**{**CHAT, "event_id": "evt-1"})
        with pytest.raises(Conflict):
            call.settle(chat_usage(500, 200))
    assert [kept.event["event_id"] for kept in desk.unsettled] == ["evt-1"]


def test_an_interrupted_settlement_is_handed_over_too(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE) as call:
        desk.road.plan = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            call.settle(chat_usage(500, 200))
    assert [kept.event["event_id"] for kept in desk.unsettled] == [call.event_id]


def test_what_nobody_keeps_stands_in_the_log_at_least(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def full_queue(_unsettled: object) -> None:
        raise OSError("no room")

    with desk.billing(afterwards=Patience(total_s=0.05), on_unsettled=full_queue) as billing:
        call = billing.reserve(**ESTIMATE)
        desk.road.plan = ["lost"] * 100
        with pytest.raises(OSError, match="no room"):
            call.settle(chat_usage(500, 200))
    assert call.event_id in caplog.text


def test_a_call_that_ended_under_this_id_is_not_made_again(billing: Billing, desk: Desk) -> None:
    for end in ("settle", "release"):
        with billing.reserve(**ESTIMATE, event_id=f"evt-{end}") as call:
            getattr(call, end)()
        with pytest.raises(Conflict, match="ended"), billing.reserve(**ESTIMATE, event_id=f"evt-{end}"):
            raise AssertionError("the call was made twice")
    assert len(desk.events()) == 1


def test_a_call_ends_once(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE) as call:
        call.settle(chat_usage(500, 200))
        with pytest.raises(RuntimeError, match="settled already"):
            call.settle(chat_usage(500, 200))
        with pytest.raises(RuntimeError, match="settled already"):
            call.stream([])
        call.release()
    assert used(desk) == 700


def test_a_call_belongs_to_the_moment_it_was_made_in_unless_our_clock_is_ahead(billing: Billing, desk: Desk) -> None:
    desk.set_time(datetime(2026, 1, 5, tzinfo=UTC))
    with billing.reserve(**ESTIMATE) as call:
        call.settle(chat_usage(500, 200))
    desk.set_time(datetime(2036, 1, 5, tzinfo=UTC))
    with billing.reserve(**ESTIMATE) as call:
        call.settle(chat_usage(500, 200))
    first, second = (event.occurred_at for event in desk.events())
    assert first == datetime(2026, 1, 5, tzinfo=UTC)
    assert second < datetime(2036, 1, 1, tzinfo=UTC)
    with pytest.raises(Invalid), billing.reserve(**ESTIMATE) as call:
        call.settle(chat_usage(500, 200), occurred_at="yesterday")


def test_what_is_no_usage_is_a_mistake_that_charges_nothing(billing: Billing, desk: Desk) -> None:
    with pytest.raises(TypeError), billing.reserve(**ESTIMATE) as call:
        call.settle("a lot")
    assert (desk.open_holds(), desk.events()) == (0, [])


def test_a_stream_passes_through_and_settles_by_its_last_word(billing: Billing, desk: Desk) -> None:
    chunks = chat_chunks(chat_usage(500, 200, cached=100))
    with billing.reserve(**ESTIMATE) as call:
        assert list(call.stream(chunks, session_id="s-1")) == chunks
    assert used(desk) == 400 + 200 + 25 and desk.events()[0].session == "s-1"


def test_a_stream_that_tells_no_usage_costs_its_estimate(
    billing: Billing, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with billing.reserve(**ESTIMATE) as call:
        assert len(list(call.stream(chat_chunks(None)))) == 4
    assert used(desk) == 3_000 and "include_usage" in caplog.text


def test_a_reader_who_stops_early_pays_for_what_is_known_and_the_estimate_for_the_rest(
    billing: Billing, desk: Desk
) -> None:
    provider = Provider(message_events(300, 120, 0, 0))
    with billing.reserve(**ESTIMATE) as call:
        for _chunk in call.stream(provider):
            break
    assert used(desk) == 300 + 1_000 and provider.is_closed


def test_a_provider_that_breaks_off_is_paid_for_what_it_told(billing: Billing, desk: Desk) -> None:
    with pytest.raises(ConnectionResetError), billing.reserve(**ESTIMATE) as call:
        list(call.stream(Provider(message_events(300, 120, 0, 0), breaks_after=2)))
    assert used(desk) == 301


def test_a_provider_that_breaks_off_without_a_word_costs_nothing(billing: Billing, desk: Desk) -> None:
    with pytest.raises(ConnectionResetError), billing.reserve(**ESTIMATE) as call:
        list(call.stream(Provider(chat_chunks(chat_usage()), breaks_after=1)))
    assert (desk.open_holds(), desk.events()) == (0, [])


def test_a_stream_that_is_handed_on_settles_where_it_is_read(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE) as call:
        answer = call.stream(chat_chunks(chat_usage(500, 200)))
    assert desk.open_holds() == 1
    list(answer)
    assert used(desk) == 700


def test_a_stream_may_be_settled_by_hand(billing: Billing, desk: Desk) -> None:
    with billing.reserve(**ESTIMATE) as call:
        for _chunk in call.stream(chat_chunks(chat_usage(500, 200))):
            if call.state == "open":
                call.settle(input_tokens=5)
    assert used(desk) == 5

"""The client against the real doors: one event is one charge however often it is sent, and a "no" is told as one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from billing_ui.client import (
    BadKey,
    Billing,
    Conflict,
    Invalid,
    NotFound,
    Patience,
    RateLimited,
    Refused,
    Unavailable,
)
from tests.client.desk import CHAT, HASTY, Desk, problem


def test_what_is_recorded_is_charged_and_answered_with_types(billing: Billing, desk: Desk) -> None:
    charged = billing.record(**CHAT, event_id="evt-1", session_id="s-1", metadata={"paper": 7})
    assert (charged.event_id, charged.charged, charged.covered_by.allowance, charged.replayed) == (
        "evt-1", 1_000, 1_000, False)  # fmt: skip
    assert charged.occurred_at == datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert charged.meters["tokens"].remaining == 19_000
    assert {limit.window for limit in charged.meters["tokens"].limits} == {"day", "month"}
    assert billing.record(**CHAT, event_id="evt-1", session_id="s-1", metadata={"paper": 7}).replayed
    desk.world.books_are_right()


def test_an_event_without_an_id_gets_one_that_stays_the_same_while_it_is_tried(billing: Billing, desk: Desk) -> None:
    desk.road.plan = ["lost", "unheard", problem(503, "busy", Retry_After="0")]
    charged = billing.record(**CHAT)
    assert len({*desk.road.bodies()}) == 1 and len(desk.road.sent) == 4
    assert charged.event_id.startswith("evt_") and charged.replayed
    assert len(desk.events()) == 1


def test_a_refusal_says_why_what_is_left_and_is_not_tried_again(billing: Billing, desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        billing.record(**{**CHAT, "input_tokens": 30_000})
    no = refused.value
    assert (no.reason, no.refusal.window, no.refusal.limit, no.status) == ("quota_exceeded", "day", 20_000, 402)
    assert no.refusal.resets_at == datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert no.meters["tokens"].remaining == 20_000 and no.warnings == () and no.title
    assert len(desk.road.sent) == 1 and desk.events() == []


def test_check_answers_yes_and_no_and_writes_nothing(billing: Billing, desk: Desk) -> None:
    yes, no = billing.check(**CHAT), billing.check(**{**CHAT, "input_tokens": 30_000})
    assert yes.allowed and yes.covered_by.allowance == 1_000 and yes.refusal is None
    assert not no.allowed and no.reason == "quota_exceeded" and no.refusal is not None
    assert desk.events() == []


def test_warnings_come_in_the_language_that_the_client_was_made_with(desk: Desk) -> None:
    heavy = {**CHAT, "input_tokens": 17_600}
    with desk.billing(language="id") as indonesian, desk.billing(language="en") as english:
        said = indonesian.record(**heavy).warnings + english.check(**CHAT).warnings
    assert {notice.level for notice in said} >= {"warning"} and all(notice.action_url for notice in said)
    assert len({notice.text for notice in said if notice.code == "quota_near"}) == 2


def test_each_mistake_has_a_class_of_its_own_and_none_is_tried_again(billing: Billing, desk: Desk) -> None:
    billing.record(**CHAT, event_id="evt-1")
    with pytest.raises(Conflict) as conflict:
        billing.record(**{**CHAT, "input_tokens": 601}, event_id="evt-1")
    with pytest.raises(NotFound) as missing:
        billing.record(**{**CHAT, "external_id": "nobody"})
    with pytest.raises(Invalid) as invalid:
        billing.record(**{**CHAT, "operation": "dancing"})
    with desk.billing("wrong") as stranger, pytest.raises(BadKey):
        stranger.check(**CHAT)
    assert (conflict.value.code, missing.value.facts["what"]) == ("key_reused", "account")
    assert (invalid.value.field, invalid.value.why) == ("operation", "unknown")
    assert conflict.value.event_id == "evt-1" and conflict.value.request_id.startswith("req_")
    assert len(desk.road.sent) == 5


def test_a_desk_that_stays_away_is_given_up_in_time_and_the_event_keeps_its_name(desk: Desk) -> None:
    desk.road.plan = ["lost"] * 1_000
    with desk.billing(before=Patience(total_s=0.2, first_pause_s=0.01)) as billing, pytest.raises(Unavailable) as away:
        billing.record(**CHAT)
    assert 2 < len(desk.road.sent) < 40
    assert away.value.event_id == json.loads(desk.road.sent[0].content)["event_id"]
    desk.road.plan.clear()
    with desk.billing() as billing:
        assert billing.record(**CHAT, event_id=away.value.event_id).charged == 1_000


def test_nobody_waits_for_a_desk_that_wants_more_time_than_there_is(billing: Billing, desk: Desk) -> None:
    desk.road.plan = [problem(503, "busy", Retry_After="60"), problem(429, "too_many_tries", Retry_After="60")]
    with pytest.raises(Unavailable) as busy:
        billing.check(**CHAT)
    with pytest.raises(RateLimited) as hurried:
        billing.check(**CHAT)
    assert (busy.value.retry_after_s, hurried.value.retry_after_s) == (60, 60)
    assert len(desk.road.sent) == 2


def test_a_proxy_between_is_tried_again_and_a_page_that_is_no_desk_is_not(billing: Billing, desk: Desk) -> None:
    desk.road.plan = [httpx.Response(502, text="<h1>Bad gateway</h1>"), httpx.Response(504), httpx.Response(200)]
    with pytest.raises(Unavailable) as unreadable:
        billing.check(**CHAT)
    assert unreadable.value.code == "unreadable_answer" and len(desk.road.sent) == 3
    desk.road.plan = [problem(500, "internal")]
    with pytest.raises(Unavailable):
        billing.check(**CHAT)
    assert len(desk.road.sent) == 4


def test_a_thousand_and_one_events_go_in_two_requests_and_each_has_its_answer(billing: Billing, desk: Desk) -> None:
    desk.give(100_000)
    events = [{**CHAT, "input_tokens": 1, "output_tokens": 0, "event_id": f"evt-{number}"} for number in range(1_001)]
    events[3] = {**events[3], "external_id": "nobody"}
    events[5] = {**events[5], "input_tokens": 10**9}
    results = billing.batch(events)
    assert [result.event_id for result in results] == [event["event_id"] for event in events]
    assert isinstance(results[3].problem, NotFound) and isinstance(results[5].problem, Refused)
    assert results[5].problem.meters["tokens"].limit
    assert sum(result.charged is not None for result in results) == 999 == len(desk.events())
    assert len(desk.road.sent) == 2


def test_a_batch_of_long_events_fits_into_the_bodies_that_the_desk_takes(billing: Billing, desk: Desk) -> None:
    note = {"note": "x" * 1_990}
    events = [{**CHAT, "input_tokens": 1, "output_tokens": 0, "metadata": note} for _number in range(600)]
    assert all(result.charged for result in billing.batch(events))
    assert len(desk.road.sent) == 2 and all(len(body) <= 1024 * 1024 for body in desk.road.bodies())


def test_an_event_that_fits_nowhere_loses_no_other(billing: Billing, desk: Desk) -> None:
    huge = {**CHAT, "metadata": {"note": "x" * 1_100_000}}
    first, second, third = billing.batch([CHAT, huge, CHAT])
    assert first.charged and third.charged and isinstance(second.problem, Invalid)


def test_a_batch_that_meets_an_outage_says_so_for_each_event_and_can_be_sent_again(desk: Desk) -> None:
    events = [{**CHAT, "input_tokens": 1, "output_tokens": 0} for _number in range(3)]
    desk.road.plan = ["unheard"] * 1_000
    with desk.billing(afterwards=Patience(total_s=0.1, first_pause_s=0.02)) as billing:
        lost = billing.batch(events)
        assert all(isinstance(result.problem, Unavailable) for result in lost) and len(lost) == 3
        desk.road.plan.clear()
        again = billing.batch([{**CHAT, "input_tokens": 1, "output_tokens": 0, "event_id": e.event_id} for e in lost])
    assert all(result.charged and result.charged.replayed for result in again) and len(desk.events()) == 3


def test_a_balance_is_read_now_and_then(billing: Billing, desk: Desk) -> None:
    desk.give(5_000)
    then = billing.balance(datetime(2026, 11, 1, tzinfo=UTC), external_id="user-1")
    assert (billing.balance(external_id="user-1").balance, then.balance, then.unit) == (5_000, 0, "TOKEN")


def test_every_request_introduces_itself_and_keeps_its_connection(billing: Billing, desk: Desk) -> None:
    for _time in range(3):
        billing.check(**CHAT)
    assert all(request.headers["user-agent"].startswith("billing-ui-client/") for request in desk.road.sent)
    assert billing.record(**CHAT, occurred_at=datetime(2026, 11, 21, 2, 0, tzinfo=UTC)).charged == 1_000


def test_what_cannot_be_meant_is_refused_before_anything_is_sent(billing: Billing, desk: Desk) -> None:
    with pytest.raises(ValueError, match="zone"):
        billing.record(**CHAT, occurred_at=datetime(2026, 11, 21))  # noqa: DTZ001 - that is the mistake
    for address, secret in (
        ("billing.example", "s"),
        ("ftp://billing.example", "s"),
        (desk.url, ""),
        (desk.url, "a\nb"),
    ):
        with pytest.raises(ValueError, match="billing desk"):
            Billing(address, secret, before=HASTY)
    with pytest.raises(ValueError, match="JSON"):
        billing.record(**CHAT, metadata={"share": float("nan")})
    assert desk.road.sent == []


async def test_the_async_client_does_the_same(desk: Desk) -> None:
    desk.road.plan = ["lost", "unheard"]
    async with desk.async_billing() as billing:
        charged = await billing.record(**CHAT)
        assert charged.replayed and (await billing.check(**CHAT)).allowed
        with pytest.raises(Refused):
            await billing.record(**{**CHAT, "input_tokens": 30_000})
        results = await billing.batch([CHAT, {**CHAT, "external_id": "nobody"}])
        assert results[0].charged and isinstance(results[1].problem, NotFound)
        assert (await billing.balance(external_id="user-1")).balance == 0
    assert len(desk.events()) == 2

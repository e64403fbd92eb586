"""The metering doors: one event, one charge; a "no" that says why; and nothing done that is not told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.ledger.tables import entry, usage_event
from billing_ui.queries.balance import account_of
from billing_ui.rules.access import system
from billing_ui.security.wrap import wrap
from billing_ui.services import grants
from tests.api.test_payments_api import bearer, known_as, refusal, with_secret
from tests.world import Customer, World, open_world

CHAT = {"external_id": "user-1", "operation": "chat", "model": "gpt-5", "input_tokens": 600, "output_tokens": 400}


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    """Nothing here asks a gateway."""
    with open_world(stocked_db) as opened:
        yield opened


@dataclass(frozen=True)
class Meter:
    """A host app that meters its user `user-1`."""

    http: TestClient
    env: Env
    customer: Customer

    def post(self, path: str, body: Any = None, /, **headers: str) -> httpx.Response:
        content = json.dumps(body) if not isinstance(body, str | bytes) else body
        return self.http.post(f"/api/billing/{path}", content=content, headers={**bearer(), **headers})

    def track(self, event_id: str = "evt-1", /, **more: Any) -> httpx.Response:
        return self.post("track-usage", {**CHAT, "event_id": event_id, **more})

    def counts(self) -> tuple[int, int]:
        with self.env.db.read() as tx:
            return tuple(tx.scalar(select(func.count()).select_from(each)) or 0 for each in (entry, usage_event))


@pytest.fixture
def meter(world: World) -> Iterator[Meter]:
    customer = known_as(world, world.customer(), "user-1")
    env = with_secret(world)
    with runtime.use(env), TestClient(wrap(build()), raise_server_exceptions=False) as http:
        yield Meter(http, env, customer)


def give(world: World, customer: Customer, tokens: int) -> None:
    with world.env.db.read() as tx:
        account, _zone = account_of(tx, customer.account_id)
    grants.grant(world.env, system("test"), account, tokens, "for a test", f"gift-{tokens}")


def test_an_event_is_charged_once_and_its_answer_says_what_paid_and_what_is_left(meter: Meter, world: World) -> None:
    made = meter.track()
    told = made.json()
    assert made.status_code == 201
    assert "idempotent-replayed" not in made.headers
    assert (told["event_id"], told["entry"], told["charged"], told["replayed"]) == ("evt-1", 1, 1_000, False)
    assert told["covered_by"] == {"allowance": 1_000, "from_lots": 0, "overage": 0, "uncovered": 0}
    assert told["draws"] == {"tokens": 1_000}
    assert (told["external_id"], told["allowance_left"], told["balance"], told["held"]) == ("user-1", 99_000, 0, 0)
    tokens = told["meters"]["tokens"]
    assert (tokens["limit"], tokens["used"], tokens["remaining"], tokens["percent"]) == (20_000, 1_000, 19_000, 5)
    assert (tokens["window"], tokens["resets_at"], tokens["unlimited"]) == ("day", "2026-11-21T17:00:00Z", False)
    assert [limit["window"] for limit in tokens["limits"]] == ["day", "month"]
    assert told["warnings"] == []
    before = meter.counts()
    again = meter.track()
    assert again.status_code == 200
    assert again.headers["idempotent-replayed"] == "true"
    assert {**again.json(), "replayed": False} == told
    assert meter.counts() == before == (1, 1)
    world.books_are_right()


def test_the_same_event_id_with_another_content_is_a_conflict(meter: Meter) -> None:
    meter.track()
    assert refusal(meter.track(output_tokens=401)) == (409, "key_reused")
    assert meter.counts() == (1, 1)


def test_a_refusal_is_402_with_its_reason_the_limit_that_binds_and_the_account(meter: Meter) -> None:
    no = meter.track("evt-big", input_tokens=20_001)
    assert refusal(no) == (402, "quota_exceeded")
    told = no.json()
    assert told["refusal"] == {
        "reason": "quota_exceeded", "meter": "tokens", "window": "day", "limit": 20_000, "used": 0,
        "needed": 20_401, "available": 20_000, "resets_at": "2026-11-21T17:00:00Z",
    }  # fmt: skip
    assert told["meters"]["tokens"]["remaining"] == 20_000
    assert meter.counts() == (0, 0)
    assert meter.track("evt-big", input_tokens=10_000).status_code == 201, "a refused id may come again"


@pytest.mark.parametrize(
    ("language", "start"), [("id-ID,en;q=0.5", "Token: 0 dari 20.000"), ("en", "Tokens: 0 of 20,000"), ("fr", "Token:")]
)
def test_people_read_a_refusal_in_their_language_or_else_in_that_of_the_account(
    meter: Meter, language: str, start: str
) -> None:
    body = {**CHAT, "event_id": "evt-1", "input_tokens": 90_000}
    title = meter.post("track-usage", body, **{"Accept-Language": language}).json()["title"]
    assert title.startswith(start)
    assert "22" in title and "WIB" in title, title


def test_a_check_answers_what_a_record_would_and_writes_nothing(meter: Meter) -> None:
    yes = meter.post("usage-check", CHAT)
    assert yes.status_code == 200
    assert (yes.json()["allowed"], yes.json()["reason"], yes.json()["refusal"]) == (True, None, None)
    assert yes.json()["covered_by"]["allowance"] == 1_000
    assert yes.json()["draws"] == {"tokens": 1_000}
    no = meter.post("usage-check", {**CHAT, "input_tokens": 20_001}).json()
    assert (no["allowed"], no["reason"], no["refusal"]["window"]) == (False, "quota_exceeded", "day")
    assert meter.counts() == (0, 0)


def test_the_plain_form_names_a_meter_and_an_amount(meter: Meter) -> None:
    told = meter.post("usage-check", {"external_id": "user-1", "usage_type": "tokens", "amount": 30}).json()
    assert (told["allowed"], told["draws"]) == (True, {"tokens": 30})
    assert meter.post("usage-check", {"external_id": "user-1", "usage_type": "tokens"}).json()["draws"] == {"tokens": 1}
    assert refusal(meter.post("usage-check", {**CHAT, "amount": 3})) == (422, "field_invalid")


def test_a_call_is_reserved_settled_at_its_true_cost_or_let_go(meter: Meter, world: World) -> None:
    give(world, meter.customer, 500_000)
    estimate = {**CHAT, "event_id": "call-1", "seconds": 60}
    made = meter.post("reserve", estimate)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["expires_at"]) == ("open", "2026-11-21T03:01:00Z")
    assert made.json()["meters"]["tokens"]["used"] == 1_000
    assert meter.post("reserve", estimate).headers["idempotent-replayed"] == "true"
    settled = meter.post("settle", {**CHAT, "event_id": "call-1", "output_tokens": 900})
    assert (settled.status_code, settled.json()["charged"]) == (201, 1_500)
    again = meter.post("settle", {**CHAT, "event_id": "call-1", "output_tokens": 900})
    assert (again.status_code, again.json()["replayed"]) == (200, True)
    meter.post("reserve", {**estimate, "event_id": "call-2"})
    gone = meter.post("release", {"external_id": "user-1", "event_id": "call-2"})
    assert (gone.status_code, gone.json()["state"], gone.json()["replayed"]) == (200, "released", False)
    assert gone.json()["meters"]["tokens"]["used"] == 1_500
    assert meter.post("release", {"external_id": "user-1", "event_id": "call-2"}).json()["replayed"] is True
    assert refusal(meter.post("release", {"external_id": "user-1", "event_id": "nobody"})) == (404, "not_found")
    world.books_are_right()


def test_a_batch_answers_each_event_and_a_bad_one_loses_nobody_elses(meter: Meter) -> None:
    meter.track("evt-known")
    events: list[Any] = [
        {**CHAT, "event_id": "evt-known"}, {**CHAT, "event_id": "evt-new"},
        {**CHAT, "event_id": "evt-known", "quantity": 1},
        {**CHAT, "event_id": "evt-big", "input_tokens": 10**6}, {**CHAT, "event_id": "evt-x", "external_id": "nobody"},
        {**CHAT, "event_id": "evt-y", "surprise": 1}, "no event", {**CHAT, "event_id": "evt-z", "operation": "no such"},
        {**CHAT, "event_id": "evt-last"},
    ]  # fmt: skip
    told = meter.post("track-usage/batch", {"events": events}).json()
    assert [each["status"] for each in told["results"]] == [200, 201, 409, 402, 404, 422, 422, 422, 201]
    assert (told["accepted"], told["refused"]) == (3, 6)
    assert told["results"][3]["body"]["code"] == "quota_exceeded"
    assert told["results"][6]["event_id"] is None
    assert told["results"][8]["body"]["charged"] == 1_000
    assert meter.counts() == (3, 3)


@pytest.mark.parametrize("events", [[], None, {}, [CHAT] * 1_001])
def test_a_batch_has_one_to_a_thousand_events(meter: Meter, events: Any) -> None:
    assert refusal(meter.post("track-usage/batch", {"events": events})) == (422, "field_invalid")


def test_a_thousand_events_of_many_users_are_one_request(meter: Meter, world: World) -> None:
    known_as(world, world.customer("budi@pelanggan.test", "Budi"), "user-2")
    one = {**CHAT, "input_tokens": 6, "output_tokens": 4, "metadata": {"note": "x" * 400}}
    events = [{**one, "event_id": f"evt-{n}", "external_id": f"user-{1 + n % 2}"} for n in range(1_000)]
    answer = meter.post("track-usage/batch", {"events": events})
    assert answer.json()["accepted"] == 1_000
    assert meter.post("track-usage/batch", {"events": [{**CHAT, "event_id": "x" * 1_100_000}]}).status_code == 413


def test_a_quota_that_ends_is_told_as_a_warning(meter: Meter) -> None:
    told = meter.track(input_tokens=16_000, output_tokens=0).json()["warnings"]
    assert [(each["level"], each["code"], each["percent"]) for each in told] == [("warning", "quota_near", 80)]
    assert told[0]["text"].startswith("Token: 80% dari 20.000")
    assert told[0]["action_url"].endswith("/subscription/plans/")
    told = meter.track("evt-2", input_tokens=4_000, output_tokens=0).json()["warnings"]
    assert [(each["level"], each["code"]) for each in told] == [("critical", "quota_reached")]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"surprise": 1}, {"input_tokens": "600"}, {"input_tokens": 1.5}, {"input_tokens": -1}, {"input_tokens": True},
        {"event_id": ""}, {"event_id": "x" * 201}, {"event_id": 7}, {"event_id": "a\nb"}, {"operation": "no such"},
        {"operation": None}, {"usage_type": "tokens"}, {"occurred_at": "2026-11-21T03:00:00"}, {"occurred_at": "soon"},
        {"occurred_at": "2026-11-21T03:06:00Z"}, {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"metadata": {"x": "y" * 3_000}}, {"metadata": []}, {"account": "acc_x"}, {"external_id": None},
        {"quantity": 10**13}, {"model": "x" * 101}, {"session_id": "a\tb"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(meter: Meter, spoilt: dict[str, Any]) -> None:
    answer = meter.track(**spoilt)
    assert refusal(answer) == (422, "field_invalid")
    assert meter.counts() == (0, 0)


def test_metadata_may_hold_any_json(meter: Meter) -> None:
    told = meter.track(metadata={"temperature": 0.7, "deep": [{"x": None, "y": 10**20}], "nama": "Ayu ✓"})
    assert told.status_code == 201


def test_a_late_event_is_charged_in_its_own_time(meter: Meter, world: World) -> None:
    at = world.clock.now() - timedelta(days=2)
    told = meter.track(occurred_at=at.isoformat()).json()
    assert told["occurred_at"] == "2026-11-19T03:00:00Z"
    assert told["meters"]["tokens"]["used"] == 0, "the day of now is not the day of the event"


def test_nobody_known_is_404(meter: Meter) -> None:
    assert refusal(meter.track(external_id="nobody")) == (404, "not_found")
    assert refusal(meter.track(external_id=None, account="acc_nobody")) == (404, "not_found")
    assert refusal(meter.track(external_id="\u202e")) == (404, "not_found")


def test_metering_has_a_limit_of_its_own_and_says_what_is_left(meter: Meter) -> None:
    headers = meter.track().headers
    assert (headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("10000", "9999")
    assert headers["cache-control"] == "no-store"


def test_a_database_that_is_away_is_a_503_and_never_a_yes(meter: Meter, world: World) -> None:
    meter.track()
    away = replace(meter.env, db=Database("postgresql://nobody@127.0.0.1:1/none"))
    with runtime.use(away):
        for path in ("usage-check", "track-usage", "reserve"):
            answer = meter.post(path, {**CHAT, "event_id": "evt-2"} if path != "usage-check" else CHAT)
            assert refusal(answer) == (503, "busy"), path
            assert int(answer.headers["retry-after"]) >= 1
    away.db.dispose()

"""A host app opens accounts for its users and asks how they stand; what it reads agrees with what was charged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.infra.db import Database
from billing_ui.models import Account, Audit, Member, Subscription
from billing_ui.rules.access import Actor
from billing_ui.services.accounts import HostUser, init_user
from tests.api.test_metering_api import CHAT, Meter, give, meter, world
from tests.api.test_payments_api import bearer, refusal, with_secret
from tests.world import World, open_world

__all__ = ["meter", "world"]

NEW = {"external_id": "host-77", "name": "Dewi", "email": "Dewi@Contoh.test", "zone": "Asia/Makassar", "language": "en"}


def get(meter: Meter, path: str, **query: str) -> httpx.Response:
    return meter.http.get(f"/api/billing/{path}", params={"external_id": "user-1", **query}, headers=bearer())


def test_an_account_is_opened_for_the_hosts_user_and_used_at_once(meter: Meter, world: World) -> None:
    made = meter.post("init-user", NEW)
    told = made.json()
    assert made.status_code == 201
    assert (told["external_id"], told["plan"], told["is_new"], told["allowance_left"]) == (
        "host-77", "gratis", True, 100_000)  # fmt: skip
    assert [limit["window"] for limit in told["meters"]["tokens"]["limits"]] == ["day", "month"]
    with world.env.db.read() as tx:
        account = tx.scalars(select(Account).where(Account.external_id == "host-77")).one()
        assert (account.zone, account.language, account.name) == ("Asia/Makassar", "en", "Dewi")
        assert account.billing_details == {"email": "dewi@contoh.test"}
        assert tx.scalar(select(func.count()).select_from(Member)) == 1, "nobody has claimed it yet"
    assert meter.track(external_id="host-77").status_code == 201
    again = meter.post("init-user", {**NEW, "name": "Somebody else", "zone": ""})
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["account"] == told["account"]
    assert again.json()["allowance_left"] == 99_000
    world.books_are_right()


def test_an_account_asked_for_many_times_at_once_is_opened_once(world: World) -> None:
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda _n: init_user(world.env, Actor("host:api"), HostUser("host-9")), range(24)))
    assert len({account_id for account_id, _is_new in made}) == 1
    assert sum(is_new for _account_id, is_new in made) == 1
    with world.env.db.read() as tx:
        for table in (Account, Subscription):
            assert tx.scalar(select(func.count()).select_from(table)) == 1
        assert tx.scalars(select(Audit.action).where(Audit.action == "account.opened")).all() == ["account.opened"]
    world.books_are_right()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"external_id": ""}, {"external_id": "x" * 201}, {"external_id": "a\nb"}, {"zone": "Mars/Olympus"},
        {"language": "fr"}, {"email": "no address"}, {"name": "x" * 81}, {"surprise": 1}, {"name": None},
    ],
)  # fmt: skip
def test_a_user_that_cannot_be_is_refused_and_not_opened(meter: Meter, world: World, spoilt: dict[str, Any]) -> None:
    assert refusal(meter.post("init-user", {**NEW, **spoilt})) == (422, "field_invalid")
    with world.env.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Account)) == 1


def test_a_summary_shows_all_meters_and_the_use_of_today_and_this_month(meter: Meter) -> None:
    meter.track()
    meter.track("evt-2", operation="search", input_tokens=10, output_tokens=0)
    told = get(meter, "usage-summary").json()
    assert (told["plan"], told["plan_name"], told["access"], told["included"]) == ("gratis", "Gratis", "open", 100_000)
    assert told["period"] == {"starts_at": "2026-10-31T17:00:00Z", "ends_at": "2026-11-30T17:00:00Z"}
    assert told["allowance_left"] == 98_995
    assert told["meters"]["tokens"]["used"] == 1_005
    assert told["today"]["totals"]["tokens"] == {
        "events": 2, "input_tokens": 610, "output_tokens": 400, "quantity": 1_005, "allowance": 1_005, "charged": 0,
        "overage": 0, "uncovered": 0,
    }  # fmt: skip
    assert told["month"] == {**told["today"], "from": "2026-11-01"}


def test_a_summary_and_a_check_tell_the_same(meter: Meter, world: World) -> None:
    give(world, meter.customer, 700_000)
    meter.post("reserve", {**CHAT, "event_id": "call-1"})
    told, checked = get(meter, "usage-summary").json(), meter.post("usage-check", CHAT).json()
    for name in ("balance", "held", "spendable", "allowance_left", "meters", "warnings", "account", "external_id"):
        assert told[name] == checked[name], name


def test_use_is_told_by_day_operation_model_and_session(meter: Meter, world: World) -> None:
    meter.track(session_id="chapter-1")
    world.later(days=1)
    meter.track("evt-2", session_id="chapter-1", model="other")
    meter.track("evt-3", operation="search", input_tokens=10, output_tokens=0)
    by = {each: get(meter, "usage", group_by=each).json() for each in ("day", "operation", "model", "session")}
    assert [(row["group"], row["quantity"]) for row in by["day"]["rows"]] == [
        ("2026-11-21", 1_000),
        ("2026-11-22", 1_005),
    ]
    assert [(row["group"], row["events"]) for row in by["operation"]["rows"]] == [("chat", 2), ("search", 1)]
    assert [(row["group"], row["quantity"]) for row in by["model"]["rows"]] == [("gpt-5", 1_005), ("other", 1_000)]
    assert [(row["group"], row["quantity"]) for row in by["session"]["rows"]] == [("", 5), ("chapter-1", 2_000)]
    assert {each["totals"]["tokens"]["quantity"] for each in by.values()} == {2_005}
    assert [(each["from"], each["to"]) for each in by.values()] == [("2026-10-24", "2026-11-22")] * 4
    today = get(meter, "usage", range="today").json()
    assert (today["from"], today["to"], today["totals"]["tokens"]["events"]) == ("2026-11-22", "2026-11-22", 2)
    own = get(meter, "usage", **{"from": "2026-11-21", "to": "2026-11-21"}).json()
    assert own["totals"]["tokens"]["events"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {"range": "ever"}, {"group_by": "hour"}, {"from": "2026-13-01"}, {"from": "2026-11-21", "to": "2026-11-20"},
        {"range": "today", "from": "2026-11-21"}, {"from": "2024-01-01", "to": "2026-01-01"}, {"account": "acc_x"},
        {"from": "2026-01-01", "group_by": "session"}, {"external_id": ""},
    ],
)  # fmt: skip
def test_days_and_groups_that_make_no_sense_are_refused(meter: Meter, query: dict[str, str]) -> None:
    assert refusal(get(meter, "usage", **query)) == (422, "field_invalid")


def test_the_books_are_read_in_pages_that_new_lines_never_move(meter: Meter, world: World) -> None:
    give(world, meter.customer, 5_000_000)
    for number in range(7):
        meter.track(f"evt-{number}")
    first = get(meter, "ledger", limit="3").json()
    assert [line["entry"] for line in first["entries"]] == [8, 7, 6]
    assert (first["entries"][0]["key"], first["entries"][0]["debit"]) == ("usage:evt-6", "wallet")
    meter.track("evt-new")
    second = get(meter, "ledger", limit="3", cursor=first["next_cursor"]).json()
    third = get(meter, "ledger", limit="3", cursor=second["next_cursor"]).json()
    assert [line["entry"] for line in second["entries"] + third["entries"]] == [5, 4, 3, 2, 1]
    assert third["next_cursor"] is None
    assert third["entries"][-1]["key"] == "grant:gift-5000000"
    assert third["entries"][-1]["lot"].startswith("lot_")


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"limit": "x"}, {"cursor": "-1"}, {"cursor": "١"}])
def test_a_page_that_cannot_be_is_refused(meter: Meter, query: dict[str, str]) -> None:
    assert refusal(get(meter, "ledger", **query)) == (422, "field_invalid")


def test_plans_are_told_as_they_are_sold(meter: Meter) -> None:
    told = meter.http.get("/api/billing/plans", headers=bearer()).json()
    assert [plan["slug"] for plan in told["plans"]] == ["gratis", "bpp", "pro"]
    assert [plan["available"] for plan in told["plans"]] == [True, True, False]
    bpp = meter.http.get("/api/billing/plans/bpp", headers=bearer()).json()
    assert bpp == told["plans"][1]
    assert [option["amount"] for option in bpp["topup_options"]] == [25_000, 50_000, 100_000]
    assert refusal(meter.http.get("/api/billing/plans/nothing", headers=bearer())) == (404, "not_found")


def test_a_subscription_is_told_as_it_was_sold(meter: Meter) -> None:
    told = get(meter, "subscription-info").json()
    assert (told["plan"]["slug"], told["status"], told["access"], told["next_plan"]) == (
        "gratis",
        "active",
        "open",
        None,
    )
    assert told["period"]["ends_at"] == "2026-11-30T17:00:00Z"


def test_unlimited_is_a_word_and_not_minus_one(sqlite_url: str) -> None:
    with open_world(Database(sqlite_url), catalogue="interview") as world:
        card = next(plan for plan in _plans(world) if plan["slug"] == "premium")
    quantities = {limit["meter"]: limit["quantity"] for limit in card["limits"]}
    assert quantities["interviews_per_day"] is None
    assert -1 not in quantities.values()


def _plans(world: World) -> list[dict[str, Any]]:
    with runtime.use(with_secret(world)), TestClient(build()) as http:
        plans: list[dict[str, Any]] = http.get("/api/billing/plans", headers=bearer()).json()["plans"]
        return plans

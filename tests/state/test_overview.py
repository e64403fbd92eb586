"""The first page tells how far every limit is used up, and what was used, as the books have it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from billing_ui.infra.db import Database
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.history import HistoryState
from billing_ui.state.overview import OverviewState
from tests.metering import use
from tests.state.tab import Tab, open_tab
from tests.world import Customer, open_world


@pytest.fixture
async def rani(tab: Tab) -> AsyncIterator[Customer]:
    wanted = SignUp(email="rani@pelanggan.test", password="sandi yang cukup panjang", name="Rani",
                    zone="Asia/Jakarta", language="id")  # fmt: skip
    with tab.signed_in(identity.sign_up(tab.world.env, wanted, Device())) as who:
        assert who.actor.account_id is not None
        yield Customer(who.actor, who.actor.account_id, who.user.email)


async def opened(tab: Tab) -> OverviewState:
    page = await tab.at(OverviewState, "/subscription/overview/")
    await page.open()
    return page


async def test_nothing_used_is_told_as_nothing(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    assert page.use["total"] == 0 and page.use["operations"] == [] and page.use["runway"] == 0
    assert [(row["key"], row["used"], row["limit"]) for row in page.quotas] == [
        ("tokens included", 0, 100_000), ("tokens day", 0, 20_000), ("tokens month", 0, 100_000)]  # fmt: skip


async def test_limits_bars_and_operations_tell_what_was_used(tab: Tab, rani: Customer) -> None:
    use(tab.world, rani, "a", 4_000, at=tab.world.clock.now() - timedelta(days=1))
    use(tab.world, rani, "b", 17_000, operation="refrasa")
    page = await opened(tab)
    day = next(row for row in page.quotas if row["window"] == "day")
    assert (day["used"], day["percent"], day["tone"], day["unlimited"]) == (17_000, 85, "warn", False)
    assert day["resets_at"] == "2026-11-21T17:00:00+00:00"
    assert len(page.use["bars"]) == 30
    assert [(each["first"], each["tokens"]) for each in page.use["days"]] == [
        ("2026-11-21", 17_000), ("2026-11-20", 4_000)]  # fmt: skip
    assert [(row["name"]["id"], row["tokens"], row["share"]) for row in page.use["operations"]] == [
        ("Refrasa", 17_000, 100), ("Obrolan", 4_000, 23)]  # fmt: skip
    assert page.use["month"] == page.use["total"] == 21_000
    newest = page.recent[0]
    assert (newest["tokens"], newest["used"]["free"], newest["used"]["name"]["en"]) == (0, 17_000, "Paraphrase")


async def test_the_history_explains_a_use(tab: Tab, rani: Customer) -> None:
    use(tab.world, rani, "a", 600, output_tokens=400)
    page = await tab.at(HistoryState, "/subscription/history/?id=usage:a")
    await page.open()
    assert page.detail["used"]["sum"]["en"] == "600 × 1 + 400 × 1 = 1,000"


async def test_meters_that_are_only_counted_have_limits_bars_and_switches(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with open_world(database, catalogue="interview") as world, open_tab(world) as tab:
        wanted = SignUp(email="ann@pelanggan.test", password="a password long enough", name="Ann", zone="UTC",
                        language="en")  # fmt: skip
        with tab.signed_in(identity.sign_up(world.env, wanted, Device())) as who:
            assert who.actor.account_id is not None
            ann = Customer(who.actor, who.actor.account_id, who.user.email)
            use(world, ann, "a", 0, operation="interview_session", quantity=30)
            page = await opened(tab)
    minutes = next(row for row in page.quotas if row["key"] == "minutes_per_month month")
    assert (minutes["used"], minutes["limit"], minutes["percent"]) == (30, 300, 10)
    assert page.use["total"] == 30 and not page.use["is_paid"]
    assert page.recent[0]["used"]["drew"][0]["quantity"] == 30
    database.dispose()

"""The look back at use: every way on from the page is an address, and its figures are those of the books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from billing_ui.infra.db import Database
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state import live
from billing_ui.state.usage_explore import UsageExploreState
from tests.metering import use
from tests.state.tab import Tab, destination, open_tab
from tests.world import Customer, open_world

PATH = "/usage/explore/"


@pytest.fixture
async def rani(tab: Tab) -> AsyncIterator[Customer]:
    wanted = SignUp(email="rani@pelanggan.test", password="sandi yang cukup panjang", name="Rani",
                    zone="Asia/Jakarta", language="id")  # fmt: skip
    with tab.signed_in(identity.sign_up(tab.world.env, wanted, Device())) as who:
        assert who.actor.account_id is not None
        yield Customer(who.actor, who.actor.account_id, who.user.email)


async def opened(tab: Tab, query: str = "") -> UsageExploreState:
    page = await tab.at(UsageExploreState, PATH + query)
    await page.open()
    return page


def followed(account_id: int) -> set[type[Any]]:
    return {part for tab in live._Desk.tabs._tabs.values() if account_id in tab.accounts for part in tab.parts}


async def test_nothing_used_has_no_rows_and_thirty_empty_days(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    assert page.ready and not page.failed and page.shown["rows"] == [] and len(page.shown["bars"]) == 30
    assert (page.ways["first"], page.ways["next"], page.chips) == ("", "", [])
    assert page.shown["zone"] == "WIB"


async def test_figures_rows_and_ways_on(tab: Tab, rani: Customer) -> None:
    for number in range(40):
        use(tab.world, rani, f"e{number}", 100, at=tab.world.clock.now() - timedelta(days=number), model="gpt-5")
    page = await opened(tab, "?from=2026-01-01&op=chat&page=MjAyNi0xMS0xMQ")
    assert page.shown["totals"]["tokens"] == 4_000 and page.shown["totals"]["average"] == 100
    assert page.shown["rows"][0]["key"] == "2026-11-10", "behind the day that the address names"
    assert page.ways["first"] == PATH + "?from=2026-01-01&op=chat"
    assert [chip["href"] for chip in page.chips] == [PATH + "?from=2026-01-01", PATH + "?op=chat"]
    assert page.ways["groups"]["model"] == PATH + "?from=2026-01-01&by=model&op=chat"
    month = next(each for each in page.ways["ranges"] if each["name"] == "month")
    assert month == {"name": "month", "href": PATH + "?range=month&op=chat", "current": False}
    assert len(page.shown["bars"]) <= 30 and sum(bar["tokens"] for bar in page.shown["bars"]) == 4_000
    page = await opened(tab, "?range=month")
    assert (await page.narrow("model", "")) is None, "nothing new was chosen"
    assert destination(await page.narrow("model", "gpt-5")) == PATH + "?range=month&model=gpt-5"


async def test_an_open_page_follows_the_sums_and_never_adds_up_the_events_again(tab: Tab, rani: Customer) -> None:
    use(tab.world, rani, "a", 100, session="bab-satu")
    await opened(tab)
    assert UsageExploreState in followed(rani.account_id)
    page = await opened(tab, "?by=session")
    assert [row["key"] for row in page.shown["rows"]] == ["bab-satu"]
    assert UsageExploreState not in followed(rani.account_id)


async def test_what_is_only_counted_is_looked_at_meter_by_meter(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with open_world(database, catalogue="interview") as world, open_tab(world) as tab:
        wanted = SignUp(email="ann@pelanggan.test", password="a password long enough", name="Ann", zone="UTC",
                        language="en")  # fmt: skip
        with tab.signed_in(identity.sign_up(world.env, wanted, Device())) as who:
            assert who.actor.account_id is not None
            ann = Customer(who.actor, who.actor.account_id, who.user.email)
            for number in range(2):
                use(world, ann, f"e{number}", 0, operation="interview_session", quantity=30)
            minutes = (await opened(tab)).shown
            interviews = (await opened(tab, "?meter=interviews_per_day&by=session")).shown
            odd = (await opened(tab, "?meter=advanced_analytics")).shown
    assert (minutes["totals"]["tokens"], minutes["is_paid"]) == (60, False)
    assert (interviews["totals"]["tokens"], interviews["rows"][0]["tokens"]) == (2, 2)
    assert odd["meter"] == minutes["meter"], "a switch counts nothing"
    assert "advanced_analytics" not in {each["value"] for each in minutes["meters"]}
    database.dispose()

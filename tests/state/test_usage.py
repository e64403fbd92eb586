"""The page of use tells the plan, each limit, what the plan has not, and what nears its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from billing_ui.infra.db import Database
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.session import Session
from billing_ui.state.usage import UsageState
from tests.metering import bring, use
from tests.state.tab import Tab, open_tab
from tests.world import Customer, open_world


@pytest.fixture
async def rani(tab: Tab) -> AsyncIterator[Customer]:
    wanted = SignUp(email="rani@pelanggan.test", password="sandi yang cukup panjang", name="Rani",
                    zone="Asia/Jakarta", language="id")  # fmt: skip
    with tab.signed_in(identity.sign_up(tab.world.env, wanted, Device())) as who:
        assert who.actor.account_id is not None
        yield Customer(who.actor, who.actor.account_id, who.user.email)


async def opened(tab: Tab) -> UsageState:
    page = await tab.at(UsageState, "/usage/")
    await page.open()
    return page


async def test_a_new_account_sees_its_plan_its_running_period_and_nothing_used(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    assert (page.plan["name"]["id"], page.plan["status"], page.plan["access"]) == ("Gratis", "active", "open")
    assert [row["key"] for row in page.limits] == ["tokens included", "tokens day", "tokens month"]
    assert page.near == {} and page.features == []
    tab.world.later(days=70)
    page = await opened(tab)
    assert page.plan["starts_at"] <= tab.world.clock.now().isoformat() < page.plan["ends_at"]


async def test_what_is_nearly_used_up_comes_with_the_plan_that_has_more(tab: Tab, rani: Customer) -> None:
    use(tab.world, rani, "a", 17_000)
    page = await opened(tab)
    assert (page.near["key"], page.near["percent"], page.near["plan"]) == ("tokens day", 85, "bpp")
    use(tab.world, rani, "b", 3_000)
    page = await opened(tab)
    assert (page.near["percent"], page.near["tone"]) == (100, "bad")
    assert [(row["key"], row["events"], row["tokens"]) for row in page.use["operations"]] == [("chat", 2, 20_000)]


async def test_every_page_warns_of_it_until_it_is_put_away(tab: Tab, rani: Customer) -> None:
    use(tab.world, rani, "a", 17_000)
    await opened(tab)
    session = await tab.at(Session, "/usage/")
    assert (session.notice["kind"], session.notice["args"]["percent"]["id"]) == ("quota_near", "85%")
    assert session.notice["args"]["meter"] == {"id": "Token per hari", "en": "Tokens per day"}
    await session.dismiss_notice()
    use(tab.world, rani, "b", 1_000)
    await opened(tab)
    assert session.notice.get("kind") != "quota_near"
    use(tab.world, rani, "c", 2_000)
    await opened(tab)
    assert session.notice["kind"] == "quota_full"


async def test_what_the_plan_includes_is_no_end_while_the_balance_pays(tab: Tab, rani: Customer) -> None:
    for number in range(5):
        use(tab.world, rani, f"e{number}", 20_000, at=tab.world.clock.now() - timedelta(days=number))
    assert (await opened(tab)).near["key"] == "tokens included"
    bring(tab.world, rani.account_id, 1_000, "gift")
    assert (await opened(tab)).near["key"] == "tokens day", "what stops it is the limit of the day"


async def test_a_plan_says_which_switches_and_meters_it_does_not_have(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with open_world(database, catalogue="interview") as world, open_tab(world) as tab:
        wanted = SignUp(email="ann@pelanggan.test", password="a password long enough", name="Ann", zone="UTC",
                        language="en")  # fmt: skip
        with tab.signed_in(identity.sign_up(world.env, wanted, Device())) as who:
            assert who.actor.account_id is not None
            ann = Customer(who.actor, who.actor.account_id, who.user.email)
            use(world, ann, "a", 0, operation="interview_session", quantity=299)
            page = await opened(tab)
    assert {row["key"]: row["has"] for row in page.features} == {
        "advanced_analytics": False, "video_review_per_month": False}  # fmt: skip
    assert all(not row["is_feature"] for row in page.limits)
    assert (page.near["key"], page.near["percent"]) == ("minutes_per_month month", 99)
    assert not page.use["is_paid"]
    database.dispose()

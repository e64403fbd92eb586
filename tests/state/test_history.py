"""The history as its page holds it: what an address asks for, where every step leads, and what a reader never sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from billing_ui.kit.amount import Amount
from billing_ui.rules.facts import Captured
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.services.wishes import RequestTopup, place
from billing_ui.state.history import HistoryState
from tests.queries.test_history import give, use
from tests.state.tab import Tab, destination
from tests.world import Customer

PATH = "/subscription/history/"


@pytest.fixture
def secret(tab: Tab) -> str:
    wanted = SignUp(email="rani@pelanggan.test", password="sandi yang cukup panjang", name="Rani",
                    zone="Asia/Jakarta", language="id")  # fmt: skip
    return identity.sign_up(tab.world.env, wanted, Device())


@pytest.fixture
async def rani(tab: Tab, secret: str) -> AsyncIterator[Customer]:
    """Signed in, with thirty uses, a gift and a paid top-up."""
    with tab.signed_in(secret) as who:
        assert who.actor.account_id is not None
        customer = Customer(who.actor, who.actor.account_id, who.user.email)
        pays(tab, customer)
        give(tab.world, customer, 500, "gift")
        for number in range(30):
            use(tab.world, customer, 10, f"evt-{number}")
        yield customer


def pays(tab: Tab, customer: Customer) -> str:
    ref, payment_id = place(tab.world.env, customer.actor, customer.account_id, RequestTopup(50_000, "QRIS", "form-1"))
    assert payment_id is not None
    tab.world.settle(ref, Captured("xendit", "py-1", "", ref, Amount(50_000, "IDR"), None))
    return ref


async def opened(tab: Tab, query: str = "") -> HistoryState:
    page = await tab.at(HistoryState, PATH + query)
    await page.open()
    return page


def ids(page: HistoryState) -> list[str]:
    return [row["id"] for row in page.rows]


async def test_pages_lead_on_and_back_by_address(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    assert (len(page.rows), page.links["newer"], page.links["first"]) == (25, "", "")
    newest, older = ids(page), page.links["older"]
    page = await opened(tab, older.removeprefix(PATH))
    assert (len(page.rows), page.links["older"], page.links["first"]) == (7, "", PATH)
    page = await opened(tab, page.links["newer"].removeprefix(PATH))
    assert ids(page) == newest


async def test_every_filter_is_a_chip_that_can_be_taken_off_and_the_file_has_the_same_filter(
    tab: Tab, rani: Customer
) -> None:
    page = await opened(tab, "?type=usage&q=evt-7&status=nonsense")
    assert ids(page) == ["usage:evt-7"]
    assert [(chip["name"], chip["value"], chip["href"]) for chip in page.chips] == [
        ("q", "evt-7", PATH + "?type=usage"), ("type", "usage", PATH + "?q=evt-7"),
    ]  # fmt: skip
    assert page.links["export"] == "/export/history.csv?q=evt-7&type=usage&lang="
    assert page.rows[0]["href"] == PATH + "?q=evt-7&type=usage&id=usage%3Aevt-7"


async def test_typing_replaces_the_address_and_filters_add_to_the_way_back(tab: Tab, rani: Customer) -> None:
    page = await opened(tab, "?type=usage&page=o.1.1.")
    found: Any = await page.search("  evt-7 ")
    assert destination(found) == PATH + "?q=evt-7&type=usage"
    assert "replace" in str(found.args)
    assert await page.search("evt-7") is None
    page = await opened(tab, "?type=usage&page=o.1.1.")
    assert await page.search("") is None
    # A second choice counts the first, whose address may not be there yet.
    assert destination(await page.narrow("status", "paid")) == PATH + "?type=usage&status=paid"
    assert destination(await page.narrow("type", "")) == PATH + "?status=paid"
    assert destination(await page.narrow("per", "100")) == PATH + "?status=paid&per=100"
    assert await page.narrow("method", "no such method") is None
    page = await opened(tab, "?type=usage&page=o.1.1.&id=gift")
    assert destination(await page.close()) == PATH + "?type=usage&page=o.1.1."


async def test_a_row_opens_with_its_story_and_a_foreign_one_does_not(tab: Tab, rani: Customer) -> None:
    page = await opened(tab, "?type=topup")
    page = await opened(tab, page.rows[0]["href"].removeprefix(PATH))
    shown = page.detail
    assert (shown["has_payment"], shown["status"], shown["balance_after"]) == (True, "paid", 500_000)
    assert [line["status"] for line in shown["story"]][-1] == "paid"
    assert shown["receipt_pdf"] == f"/receipts/{shown['receipt']}.pdf"
    page = await opened(tab, "?id=usage:evt-3")
    assert (page.detail["has_payment"], page.detail["tokens"]) == (False, -10)
    stranger = tab.world.customer()
    give(tab.world, stranger, 5, "foreign")
    page = await opened(tab, "?id=grant:foreign")
    assert page.detail == {"missing": True}


async def test_the_head_tells_how_payments_went_in_the_days_asked_for(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    shown = page.stats
    assert (shown["count"], shown["percent"], shown["sums"]) == (1, 100, [{"amount": 50_000, "currency": "IDR"}])
    assert shown["took"] == {"key": "span.moment", "count": 0}
    assert (len(shown["bars"]), [each["count"] for each in shown["days"]]) == (30, [1])
    page = await opened(tab, "?from=2025-01-01&to=2025-12-31")
    assert (page.stats["count"], page.stats["decided"], page.stats["took"]) == (0, False, {})
    assert len(page.stats["bars"]) <= 30


async def test_the_look_back_is_on_the_accounts_clock_and_never_in_the_future(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    await page.look_back("2026-11-21T09:59")
    assert page.then["tokens"] == 0
    await page.look_back("2026-11-21T10:00")
    assert page.then["tokens"] == 500_200
    await page.look_back("2099-01-01T00:00")
    assert (page.then["tokens"], page.then["at"]) == (500_200, tab.world.clock.now().isoformat())
    tab.world.later(days=1)
    for nonsense in ("", "soon", "0001-01-01T00:00", "2026-11-21T10:00+99:00"):
        await page.look_back(nonsense)
        assert page.then == {}


async def test_a_list_that_cannot_be_read_says_so_and_can_be_tried_again(tab: Tab, rani: Customer) -> None:
    page = await opened(tab)
    with tab.world.env.db.begin() as tx:
        tx.execute(text("ALTER TABLE topup RENAME TO topup_away"))
    await page.open()
    assert (page.ready, page.failed) == (True, True)
    with tab.world.env.db.begin() as tx:
        tx.execute(text("ALTER TABLE topup_away RENAME TO topup"))
    await page.reread()
    assert (page.failed, len(page.rows)) == (False, 25)

"""The operators' list as its page holds it: every filter in use can be taken away, and every page has an address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.admin_payments import PATH, AdminPayments
from tests.state.tab import Tab, destination


@pytest.fixture
def desk(tab: Tab) -> Iterator[Tab]:
    """Thirty payments, and somebody who looks at them; who may is asked by the gate, before any handler."""
    wanted = SignUp(email="sari@billing.test", password="sandi yang cukup panjang", name="Sari",
                    zone="Asia/Jakarta", language="id")  # fmt: skip
    customer = tab.world.customer()
    for number in range(30):
        tab.world.wants(customer, 25_000 + 1_000 * number, "VA_BCA" if number % 2 else "QRIS")
        tab.world.later(seconds=1)
    with tab.signed_in(identity.sign_up(tab.world.env, wanted, Device())):
        yield tab


async def opened(tab: Tab, address: str = PATH) -> AdminPayments:
    page = await tab.at(AdminPayments, address)
    await page.open()
    return page


async def test_pages_lead_on_and_back_by_address(desk: Tab) -> None:
    page = await opened(desk)
    assert (len(page.rows), page.links["newer"], page.links["first"], page.chips) == (25, "", "", [])
    newest = [row["id"] for row in page.rows]
    page = await opened(desk, page.links["older"])
    assert (len(page.rows), page.links["older"], page.links["first"]) == (5, "", PATH)
    page = await opened(desk, page.links["newer"])
    assert [row["id"] for row in page.rows] == newest
    wider = await page.narrow("per", "50")
    page = await opened(desk, destination(wider))
    assert (len(page.rows), page.links["older"], page.ask["per"], page.links["all"]) == (30, "", "50", PATH + "?per=50")


async def test_each_filter_in_use_is_a_chip_that_takes_it_away_and_begins_at_the_first_page(desk: Tab) -> None:
    page = await opened(desk, PATH + "?status=waiting&method=QRIS&gateway=xendit&from=2026-10-01")
    assert {chip["name"]: chip["value"] for chip in page.chips} == {
        "status": "waiting", "method": "QRIS", "gateway": "xendit", "from": "2026-10-01",
    }  # fmt: skip
    assert page.chips[1]["href"] == PATH + "?status=waiting&from=2026-10-01&gateway=xendit"
    page = await opened(desk)
    older = page.links["older"]
    page = await opened(desk, older + "&status=pending")
    assert page.chips[0]["href"] == PATH
    assert destination(await page.narrow("method", "QRIS")) == PATH + "?status=pending&method=QRIS"


async def test_what_changes_nothing_leads_nowhere(desk: Tab) -> None:
    page = await opened(desk, PATH + "?status=pending")
    assert await page.narrow("status", "pending") is None
    assert await page.narrow("from", "0002-11-21") is None
    assert await page.find("") is None
    assert destination(await page.find(" top_x ")) == PATH + "?q=top_x&status=pending"


async def test_two_filters_chosen_in_one_breath_are_both_asked_for(desk: Tab) -> None:
    page = await opened(desk)
    await page.narrow("status", "pending")
    assert destination(await page.narrow("method", "QRIS")) == PATH + "?status=pending&method=QRIS"

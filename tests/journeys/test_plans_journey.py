"""The plans hub: what the account has, what it may choose, and paying inside the card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Desk, Gateway
from tests.stack import visit

pytestmark = pytest.mark.journey
Seat = Callable[..., Desk]


def test_the_payment_opens_inside_its_card_and_a_reload_returns_to_it(seat: Seat, gateway: Gateway) -> None:
    desk = seat("newcomer", PHONE, has_touch=True)
    desk.goes_to("/subscription/plans/")
    before = desk.balance()
    expect(desk.page.get_by_test_id("plan-pro")).to_have_attribute("data-state", "soon")
    expect(desk.page.get_by_test_id("plan-pro-choose")).to_be_disabled()
    desk.clicks("plan-bpp-choose")
    desk.clicks("amount-100000")
    desk.clicks("method-QRIS")
    expect(desk.page.get_by_test_id("pay-submit")).to_contain_text("100.000")
    desk.clicks("pay-submit")
    card = desk.page.get_by_test_id("plan-bpp")
    expect(card.get_by_test_id("pay-qr")).to_be_visible()
    ref = desk.ref()
    desk.page.wait_for_url(f"**/subscription/plans/?pay={ref}")
    desk.page.reload()
    expect(card.get_by_test_id("pay-qr")).to_be_visible()
    assert desk.ref() == ref
    gateway.pay(ref)
    desk.awaits_status("paid")
    desk.awaits_balance(before + 1_000_000)
    expect(card).to_have_attribute("data-state", "current")
    expect(desk.page.get_by_test_id("plan-gratis")).to_have_attribute("data-state", "available")


def test_somebody_elses_payment_is_not_opened_inside_my_card(seat: Seat) -> None:
    ref = seat("customer").asks_for(25_000)
    other = seat("support")
    other.goes_to(f"/subscription/plans/?pay={ref}")
    expect(other.page.get_by_test_id("pay-status")).to_have_count(0)


def test_the_old_address_of_upgrading_leads_to_the_plan_that_was_wished_for(seat: Seat) -> None:
    desk = seat("customer")
    visit(desk.page, desk.stack.app_url + "/subscription/upgrade/?plan=bpp")
    assert desk.page.url.endswith("/subscription/plans/?plan=bpp")
    expect(desk.page.get_by_test_id("pay-submit")).to_be_visible()

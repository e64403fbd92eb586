"""The plans hub: what the account has, what it may choose, and paying inside the card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Desk, Gateway
from tests.stack import visit

pytestmark = pytest.mark.journey
Seat = Callable[..., Desk]


def test_the_payment_opens_inside_its_card_and_a_reload_returns_to_it(customer: Desk, gateway: Gateway) -> None:
    customer.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height
    customer.goes_to("/subscription/plans/")
    expect(customer.page.get_by_test_id("plan-pro")).to_have_attribute("data-state", "soon")
    expect(customer.page.get_by_test_id("plan-pro-choose")).to_be_disabled()
    customer.clicks("plan-bpp-choose")
    customer.clicks("amount-100000")
    customer.clicks("method-QRIS")
    expect(customer.page.get_by_test_id("pay-submit")).to_contain_text("100.000")
    customer.clicks("pay-submit")
    card = customer.page.get_by_test_id("plan-bpp")
    expect(card.get_by_test_id("pay-qr")).to_be_visible()
    ref = customer.ref()
    customer.page.wait_for_url(f"**/subscription/plans/?pay={ref}")
    customer.page.reload()
    expect(card.get_by_test_id("pay-qr")).to_be_visible()
    assert customer.ref() == ref
    gateway.pay(ref)
    customer.awaits_status("paid")
    customer.awaits_balance(1_000_000)
    expect(card).to_have_attribute("data-state", "current")
    expect(customer.page.get_by_test_id("plan-gratis")).to_have_attribute("data-state", "available")


def test_somebody_elses_payment_is_not_opened_inside_my_card(customer: Desk, seat: Seat) -> None:
    ref = customer.asks_for(25_000)
    other = seat("support")
    other.goes_to(f"/subscription/plans/?pay={ref}")
    expect(other.page.get_by_test_id("pay-status")).to_have_count(0)


def test_the_old_address_of_upgrading_leads_to_the_plan_that_was_wished_for(customer: Desk) -> None:
    visit(customer.page, customer.stack.app_url + "/subscription/upgrade/?plan=bpp")
    assert customer.page.url.endswith("/subscription/plans/?plan=bpp")
    expect(customer.page.get_by_test_id("pay-submit")).to_be_visible()

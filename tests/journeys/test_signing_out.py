"""Whoever signs out is out: in every tab, and where they say so on every device."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.desk import OVERVIEW, PASSWORD, SETTINGS, TOPUP, Desk
from tests.stack import Stack, visit

pytestmark = pytest.mark.journey


def test_after_signing_out_in_one_tab_the_next_click_in_another_leads_to_the_sign_in(customer: Desk) -> None:
    other = customer.beside()
    customer.goes_to(OVERVIEW)
    other.goes_to(TOPUP)
    customer.clicks("signout")
    customer.page.wait_for_url("**/auth/")
    other.clicks("amount-100000")
    other.page.wait_for_url("**/auth/**")
    expect(other.page.get_by_test_id("auth-email")).to_be_visible()
    expect(other.page.get_by_test_id("balance")).to_have_count(0)


def test_signing_out_everywhere_ends_the_other_device_too_and_the_password_opens_again(
    customer: Desk, seat: Callable[..., Desk], stack: Stack
) -> None:
    phone = seat()
    signs_in(phone, customer.email)
    phone.goes_to(TOPUP)
    customer.goes_to(SETTINGS)
    expect(customer.page.get_by_test_id("device")).to_have_count(2)
    customer.clicks("signout-everywhere")
    customer.page.wait_for_url("**/auth/")
    phone.clicks("amount-100000")
    phone.page.wait_for_url("**/auth/**")
    signs_in(phone, customer.email)
    phone.awaits_balance(0)


def test_a_private_page_sends_a_stranger_to_the_sign_in_and_back_again(
    customer: Desk, person: BrowserContext, seat: Callable[..., Desk], stack: Stack
) -> None:
    stranger = seat()
    stranger.page.goto(stack.app_url + TOPUP)
    stranger.page.wait_for_url("**/auth/**")
    fills(stranger, customer.email)
    stranger.page.wait_for_url(f"**{TOPUP}**")
    expect(stranger.page.get_by_test_id("pay-submit")).to_be_visible()


def signs_in(desk: Desk, email: str) -> None:
    visit(desk.page, f"{desk.stack.app_url}/auth/")
    fills(desk, email)
    desk.page.wait_for_url(f"**{OVERVIEW}")
    desk.page.locator("main[data-ready=true]").wait_for()


def fills(desk: Desk, email: str) -> None:
    desk.page.locator("main[data-ready=true]").wait_for()
    desk.sees("auth-email").fill(email)
    desk.sees("auth-password").fill(PASSWORD)
    desk.clicks("auth-submit")

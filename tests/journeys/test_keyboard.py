"""Everything can be done without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk import HISTORY, OVERVIEW, SETTINGS, TOPUP, Desk
from tests.journeys.gateway import Gateway

pytestmark = pytest.mark.journey

FAR = 60
_FOCUSED = """(wanted) => {
  const at = document.activeElement;
  return at !== null && at.matches(`${wanted}, ${wanted} *`) && at.matches(':focus-visible');
}"""


def test_a_topup_is_asked_for_and_called_off_with_the_keyboard_alone(customer: Desk, gateway: Gateway) -> None:
    page = customer.page
    customer.goes_to(OVERVIEW)
    tab_to(page, "[data-testid=overview-topup]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{TOPUP}")
    page.locator("main[data-ready=true]").wait_for()
    tab_to(page, "[data-testid^=amount-]")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("amount-100000").get_by_role("radio")).to_be_checked()
    tab_to(page, "[data-testid^=method-]")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("method-VA_BCA").get_by_role("radio")).to_be_checked()
    tab_to(page, "[data-testid=pay-submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/*/")
    expect(page.get_by_test_id("pay-va")).to_be_visible()
    page.locator("main[data-ready=true]").wait_for()

    tab_to(page, "[data-testid=pay-cancel]")
    page.keyboard.press("Space")
    question = page.get_by_role("dialog")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert page.evaluate(_FOCUSED, "[data-testid=pay-cancel]"), "the focus comes back from the question"
    gateway.pay(customer.ref())
    customer.awaits_status("paid")


def test_the_first_tab_offers_the_way_past_the_menu(customer: Desk) -> None:
    page = customer.page
    customer.goes_to(OVERVIEW)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_single_key_does_nothing_for_whoever_switched_that_off(seat: Callable[..., Desk]) -> None:
    desk = seat("customer")
    page, box = desk.page, desk.page.get_by_test_id("list-search")
    desk.goes_to(HISTORY)
    expect(box).to_have_attribute("aria-keyshortcuts", "/")
    desk.goes_to(SETTINGS)
    tab_to(page, "[data-testid=keys-off]")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("keys-off")).to_have_attribute("aria-pressed", "true")
    other = desk.beside()
    other.goes_to(HISTORY)
    other.page.keyboard.press("/")
    expect(other.page.get_by_test_id("list-search")).not_to_be_focused()
    expect(other.page.get_by_test_id("list-search")).not_to_have_attribute("aria-keyshortcuts", "/")
    desk.clicks("keys-on")
    expect(other.page.get_by_test_id("list-search")).to_have_attribute("aria-keyshortcuts", "/")  # it hears of it
    other.page.keyboard.press("/")
    expect(other.page.get_by_test_id("list-search")).to_be_focused()


def tab_to(page: Page, wanted: str) -> None:
    """Forward only, with a focus that can be seen."""
    for _ in range(FAR):
        if page.evaluate(_FOCUSED, wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached with {FAR} presses of Tab")


def test_a_push_is_asked_for_sent_again_and_paid_with_the_keyboard_alone(customer: Desk, gateway: Gateway) -> None:
    page = customer.page
    customer.goes_to(OVERVIEW)
    tab_to(page, "[data-testid=overview-topup]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{TOPUP}")
    page.locator("main[data-ready=true]").wait_for()
    tab_to(page, "[data-testid^=method-]")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("method-OVO").get_by_role("radio")).to_be_checked()
    tab_to(page, "[data-testid=phone-input]")
    page.keyboard.type("0812 3456 7890")
    tab_to(page, "[data-testid=pay-submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/*/")
    page.locator("main[data-ready=true]").wait_for()
    customer.awaits_status("pending")
    ref = customer.ref()
    gateway.fail(ref)
    customer.awaits_status("failed")
    expect(page.locator("h1")).to_be_focused()
    tab_to(page, "[data-testid=pay-retry]")
    page.keyboard.press("Space")
    customer.awaits_status("pending")
    gateway.pay(f"{ref}~2")
    customer.awaits_status("paid")
    expect(page.locator("h1")).to_be_focused()

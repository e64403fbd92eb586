"""People come and go: they sign up, prove their address, forget a password, and look after their devices."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from billing_ui.i18n import text
from tests.journeys.desk import PASSWORD, SETTINGS, Desk, new_address
from tests.stack import Stack, visit

pytestmark = pytest.mark.journey
NEW_PASSWORD = "kata-sandi-yang-baru"


def go(page: Page, stack: Stack, path: str) -> None:
    visit(page, stack.app_url + path)


def at(desk: Desk, path: str) -> Page:
    desk.goes_to(path)
    return desk.page


def settled(page: Page, address: str) -> None:
    page.wait_for_url(re.compile(address))
    page.locator("main[data-ready=true]").wait_for()


def fill(page: Page, email: str, password: str) -> None:
    page.get_by_test_id("auth-email").fill(email)
    page.get_by_test_id("auth-password").fill(password)


def mail(page: Page, stack: Stack, to: str, marker: str) -> dict[str, Any]:
    """The newest mail to this address with a link that holds the marker; it is sent by a job, so it takes a moment."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        inbox = page.request.get(f"{stack.sandbox_url}/_sim/inbox?to={to}").json()["messages"]
        for message in inbox:
            if any(marker in link for link in message["links"]):
                return dict(message)
        time.sleep(0.1)
    raise AssertionError(f"no mail to {to} with {marker}")


def link(message: dict[str, Any], marker: str) -> str:
    return next(str(one) for one in message["links"] if marker in one)


def test_somebody_new_signs_up_and_goes_where_they_wanted_and_proves_their_address(
    person: BrowserContext, stack: Stack
) -> None:
    page, email = person.new_page(), new_address()
    go(page, stack, "/auth/?redirect_url=/subscription/topup")
    page.get_by_test_id("auth-email").fill(email)
    page.get_by_test_id("auth-tab-signup").click()
    expect(page.get_by_test_id("auth-email")).to_have_value(email)
    expect(page.get_by_test_id("zone")).to_have_value("Asia/Jakarta")
    page.get_by_test_id("auth-name").fill("Budi Baru")
    page.get_by_test_id("auth-password").fill(PASSWORD)
    page.get_by_test_id("auth-submit").click()
    settled(page, "/subscription/topup")
    expect(page.get_by_test_id("banner")).to_contain_text(email)

    first = link(mail(page, stack, email, "/auth/verify/"), "/auth/verify/")
    visit(page, first)
    expect(page).to_have_url(re.compile(r"/auth/verify/$"))  # the token has left the address bar
    go(page, stack, SETTINGS)
    expect(page.locator("main")).to_contain_text("E-mail belum terverifikasi")  # opening the link proved nothing
    visit(page, first)
    page.get_by_test_id("verify-confirm").click()
    expect(page.get_by_test_id("verify-ok")).to_be_visible()
    page.get_by_test_id("verify-next").click()
    settled(page, "/subscription/overview")
    expect(page.get_by_test_id("banner")).to_have_count(0)


def test_a_mistyped_address_is_corrected_and_the_old_link_opens_nothing(customer: Desk, stack: Stack) -> None:
    page = at(customer, "/auth/verify/")
    expect(page.locator("main")).to_contain_text(customer.email)
    old = link(mail(page, stack, customer.email, "/auth/verify/"), "/auth/verify/")
    page.get_by_test_id("verify-resend").click()
    expect(page.get_by_test_id("verify-resent")).to_contain_text(customer.email)
    right = new_address()
    page.locator("summary").click()
    page.get_by_test_id("verify-email").fill(right)
    page.get_by_test_id("verify-change").click()
    expect(page.get_by_test_id("verify-resent")).to_contain_text(right)
    visit(page, old)
    page.get_by_test_id("verify-confirm").click()
    expect(page.get_by_test_id("error")).to_have_attribute("data-code", "bad_link")
    visit(page, link(mail(page, stack, right, "/auth/verify/"), "/auth/verify/"))
    page.get_by_test_id("verify-confirm").click()
    expect(page.get_by_test_id("verify-ok")).to_be_visible()


def test_a_wrong_password_is_told_kindly_and_the_way_back_is_kept(person: BrowserContext, stack: Stack) -> None:
    page, user = person.new_page(), stack.user("newcomer")
    go(page, stack, "/auth/?redirect_url=/settings/")
    fill(page, user["email"], "bukan kata sandinya")
    page.get_by_test_id("auth-submit").click()
    told = page.get_by_test_id("auth-error")
    expect(told).to_have_attribute("data-code", "bad_credentials")
    expect(told).to_be_focused()
    expect(page.get_by_test_id("auth-email")).to_have_value(user["email"])
    page.get_by_test_id("auth-password").fill(user["password"])
    page.get_by_test_id("auth-submit").click()
    settled(page, "/settings/")
    go(page, stack, "/auth/?redirect_url=/subscription/history/")  # already signed in: straight on
    settled(page, "/subscription/history/")


def test_an_address_that_has_an_account_keeps_what_was_typed(customer: Desk, browser: Browser, stack: Stack) -> None:
    context = browser.new_context(timezone_id="Asia/Makassar")
    page = context.new_page()
    go(page, stack, "/auth/?tab=signup")
    expect(page.get_by_test_id("zone")).to_have_value("Asia/Makassar")
    page.get_by_test_id("auth-name").fill("Budi")
    fill(page, customer.email, PASSWORD)
    page.get_by_test_id("auth-submit").click()
    expect(page.get_by_test_id("auth-error")).to_have_attribute("data-code", "email_taken")
    expect(page.get_by_test_id("auth-name")).to_have_value("Budi")
    expect(page.get_by_test_id("auth-email")).to_have_value(customer.email)
    context.close()


def test_a_forgotten_password_is_replaced_and_other_devices_leave(
    customer: Desk, browser: Browser, stack: Stack
) -> None:
    there = at(customer, SETTINGS)
    context = browser.new_context()
    page = context.new_page()
    go(page, stack, "/auth/reset/")
    page.get_by_test_id("reset-email").fill(customer.email)
    page.get_by_test_id("reset-send").click()
    expect(page.get_by_test_id("reset-sent")).to_contain_text(customer.email)
    visit(page, link(mail(page, stack, customer.email, "/auth/reset/"), "/auth/reset/"))
    expect(page).to_have_url(re.compile(r"/auth/reset/$"))
    page.get_by_test_id("reset-password").fill(NEW_PASSWORD)
    page.get_by_test_id("reset-save").click()
    settled(page, "/settings/")
    expect(page.get_by_test_id("settings-told")).to_contain_text(text("id", "auth.reset_ok"))
    expect(page.get_by_test_id("device")).to_have_count(1)
    there.reload()
    there.wait_for_url(re.compile(r"/auth/\?redirect_url=/settings/"))
    context.close()


def test_an_unknown_address_gets_the_same_answer_as_a_known_one(person: BrowserContext, stack: Stack) -> None:
    page, nobody = person.new_page(), new_address()
    go(page, stack, "/auth/reset/")
    page.get_by_test_id("reset-email").fill(nobody)
    page.get_by_test_id("reset-send").click()
    expect(page.get_by_test_id("reset-sent")).to_contain_text(nobody)


def test_another_device_is_signed_out_from_the_settings(customer: Desk, browser: Browser, stack: Stack) -> None:
    context = browser.new_context()
    other = context.new_page()
    go(other, stack, "/auth/")
    fill(other, customer.email, PASSWORD)
    other.get_by_test_id("auth-submit").click()
    settled(other, "/subscription/overview")
    page = at(customer, SETTINGS)
    devices = page.get_by_test_id("device")
    expect(devices).to_have_count(2)
    expect(devices.first).to_have_attribute("data-here", "true")
    page.get_by_test_id("device-out").click()
    expect(devices).to_have_count(1)
    other.reload()
    other.wait_for_url(re.compile("/auth/"))
    context.close()


def test_signing_out_everywhere_ends_this_device_too(customer: Desk, stack: Stack) -> None:
    page = at(customer, SETTINGS)
    page.get_by_test_id("signout-everywhere").click()
    settled(page, "/auth/$")
    page.goto(stack.app_url + SETTINGS)
    expect(page).to_have_url(re.compile(r"/auth/\?redirect_url=/settings/"))


def test_signing_out_leaves_nothing_behind(customer: Desk, stack: Stack) -> None:
    page = at(customer, SETTINGS)
    page.get_by_test_id("signout").locator("visible=true").click()
    settled(page, "/auth/$")
    assert "billing_session" not in {cookie["name"] for cookie in customer.page.context.cookies()}
    assert customer.email not in page.content()


def test_theme_and_language_are_chosen_in_the_browser_and_survive_a_reload(customer: Desk) -> None:
    page = at(customer, SETTINGS)
    page.get_by_test_id("theme-dark").locator("visible=true").first.click()
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    page.get_by_role("main").get_by_role("button", name=text("id", "lang.en")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("en", "set.title"))
    expect(page.get_by_test_id("settings-told")).to_contain_text(text("en", "set.saved_language"))
    page.reload()
    page.locator("main[data-ready=true]").wait_for()
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    expect(page.get_by_role("heading", level=1)).to_have_text(text("en", "set.title"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_password_can_be_looked_at_and_managers_know_what_it_is(person: BrowserContext, stack: Stack) -> None:
    page = person.new_page()
    go(page, stack, "/auth/")
    password = page.get_by_test_id("auth-password")
    expect(password).to_have_attribute("autocomplete", "current-password")
    expect(page.get_by_test_id("auth-email")).to_have_attribute("autocomplete", "username")
    password.fill("rahasia-sekali")
    page.get_by_role("button", name=text("id", "auth.show")).click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_test_id("auth-tab-signup").click()
    expect(password).to_have_attribute("autocomplete", "new-password")
    expect(password).to_have_value("rahasia-sekali")


def test_what_the_browser_finds_missing_is_said_in_the_language_of_the_page(
    person: BrowserContext, stack: Stack
) -> None:
    page = person.new_page()
    go(page, stack, "/auth/")
    remark = "at => at.validationMessage"
    email, password = page.get_by_test_id("auth-email"), page.get_by_test_id("auth-password")
    page.get_by_test_id("auth-submit").click()
    assert email.evaluate(remark) == text("id", "field.missing")
    email.fill("rani")
    page.get_by_test_id("auth-submit").click()
    assert email.evaluate(remark) == text("id", "field.email")
    fill(page, "rani@mail.test", "")
    page.get_by_test_id("auth-submit").click()
    assert (email.evaluate(remark), password.evaluate(remark)) == ("", text("id", "field.missing"))


def test_the_keyboard_alone_signs_in(person: BrowserContext, stack: Stack) -> None:
    page, user = person.new_page(), stack.user("newcomer")
    go(page, stack, "/auth/")
    page.get_by_test_id("auth-email").focus()
    page.keyboard.type(user["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(user["password"])
    page.keyboard.press("Enter")
    settled(page, "/subscription/overview")
    expect(page.get_by_test_id("balance").first).to_be_attached()


def test_a_broken_handler_is_told_calmly_with_a_code(customer: Desk) -> None:
    page = at(customer, SETTINGS)
    page.evaluate("dispatchEvent(new CustomEvent('billing-problem', {detail: 'k3x9p2ma'}))")
    told = page.get_by_test_id("error")
    expect(told).to_have_attribute("data-code", "internal")
    expect(told).to_contain_text("k3x9p2ma")
    told.get_by_role("button").click()
    settled(page, "/settings/")
    expect(told).to_have_count(0)

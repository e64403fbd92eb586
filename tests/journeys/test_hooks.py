"""The hooks that outside checks hold on to: each stands on the visible thing that a person clicks or reads."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.stack import Stack, sign_in, visit

pytestmark = pytest.mark.journey

METHODS = (
    "QRIS", "VA_BCA", "VA_BNI", "VA_BRI", "VA_MANDIRI", "VA_PERMATA", "VA_BSI", "OVO", "DANA", "LINKAJA", "SHOPEEPAY",
    "GOPAY", "CARD",
)  # fmt: skip
SWITCHES = ("lang-id", "lang-en", "theme-light", "theme-dark")


def seen(page: Page, *hooks: str) -> None:
    for hook in hooks:
        expect(page.get_by_test_id(hook).locator("visible=true").first, hook).to_be_visible()


def attribute(page: Page, hook: str, name: str) -> str:
    return page.get_by_test_id(hook).locator("visible=true").first.get_attribute(name) or ""


def test_signing_in_has_its_hooks(person: BrowserContext, stack: Stack) -> None:
    page = person.new_page()
    visit(page, f"{stack.app_url}/auth/")
    seen(page, "auth-email", "auth-password", "auth-submit", "auth-tab-signup", *SWITCHES)
    page.get_by_test_id("auth-email").fill("nobody@demo.billing.test")
    page.get_by_test_id("auth-password").fill("surely not this")
    page.get_by_test_id("auth-submit").click()
    seen(page, "auth-error")


def test_the_overview_and_the_history_have_their_hooks(person: BrowserContext, stack: Stack) -> None:
    page = sign_in(person, stack, "customer")
    visit(page, f"{stack.app_url}/subscription/overview/")
    seen(page, "balance", "signout", *SWITCHES)
    assert {element.get_attribute("data-value") for element in page.get_by_test_id("balance").all()} == {
        str(stack.user("customer")["balance"])
    }
    visit(page, f"{stack.app_url}/subscription/history/")
    row = page.get_by_test_id("history-row").first
    facts = {name: row.get_attribute(f"data-{name}") for name in ("id", "kind", "tokens", "balance-after", "status")}
    assert all(facts.values()), facts
    assert facts["balance-after"] == str(stack.user("customer")["balance"])


def test_the_plans_have_their_hooks(person: BrowserContext, stack: Stack) -> None:
    page = sign_in(person, stack, "newcomer")
    visit(page, f"{stack.app_url}/subscription/plans/")
    states = {slug: attribute(page, f"plan-{slug}", "data-state") for slug in ("gratis", "bpp", "pro")}
    assert states == {"gratis": "current", "bpp": "available", "pro": "soon"}
    page.get_by_test_id("plan-bpp-choose").click()
    seen(page, "amount-25000", "amount-50000", "amount-100000", "method-QRIS", "pay-submit")


def test_every_method_is_on_the_top_up_page_and_says_why_it_is_closed(person: BrowserContext, stack: Stack) -> None:
    page = sign_in(person, stack, "customer")
    visit(page, f"{stack.app_url}/subscription/topup/")
    seen(page, "amount-25000", "amount-50000", "amount-100000", "amount-other", "pay-submit")
    for method in METHODS:
        expect(page.get_by_test_id(f"method-{method}")).to_have_count(1)
    assert attribute(page, "method-QRIS", "data-disabled-reason") == ""


def test_the_pay_page_has_its_hooks(person: BrowserContext, stack: Stack) -> None:
    page = sign_in(person, stack, "customer")
    for method, instruction, pattern in (("QRIS", "pay-qr", r"^000201"), ("VA_BCA", "pay-va", r"^\d{8,}$")):
        visit(page, f"{stack.app_url}/subscription/topup/")
        page.get_by_test_id("amount-50000").click()
        page.get_by_test_id(f"method-{method}").click()
        page.get_by_test_id("pay-submit").click()
        page.wait_for_url(re.compile(r"/pay/top_[0-9a-z]{26}/?$"))
        seen(page, "pay-status", "pay-amount", instruction, "pay-check", "pay-cancel")
        assert attribute(page, "pay-status", "data-status") == "pending"
        assert attribute(page, "pay-status", "data-ref") in page.url
        assert attribute(page, "pay-amount", "data-value") == "50000"
        shown = attribute(page, instruction, "data-payload" if instruction == "pay-qr" else "data-value")
        assert re.search(pattern, shown), shown


def test_an_address_that_leads_nowhere_says_so(person: BrowserContext, stack: Stack) -> None:
    page = person.new_page()
    visit(page, f"{stack.app_url}/nothing-is-here/")
    assert attribute(page, "error", "data-code") == "not_found"

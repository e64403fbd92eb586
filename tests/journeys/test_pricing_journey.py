"""A visitor reads the prices, works out what a month costs, and is led to the plan they chose."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.sync_api import BrowserContext, expect

from billing_ui.i18n import text
from tests.journeys.desk import PASSWORD, new_address
from tests.stack import Stack, sign_in, visit

pytestmark = pytest.mark.journey


def test_search_engines_read_plans_and_prices_without_running_anything(stack: Stack) -> None:
    with urllib.request.urlopen(f"{stack.app_url}/pricing/", timeout=10) as answer:
        page = answer.read().decode()
    assert "Bayar Per Paper" in page
    assert "Rp\u00a025.000" in page
    assert "noindex" not in page


def test_private_pages_ask_search_engines_to_stay_away(stack: Stack) -> None:
    with urllib.request.urlopen(f"{stack.app_url}/auth/", timeout=10) as answer:
        assert "noindex" in answer.read().decode()


def test_the_calculator_moves_with_the_slider_and_with_the_number(person: BrowserContext, stack: Stack) -> None:
    page = person.new_page()
    visit(page, f"{stack.app_url}/pricing/")
    estimate = page.get_by_test_id("estimate")
    expect(estimate).to_have_attribute("data-value", "100000")
    page.get_by_role("slider").press("ArrowRight")
    expect(estimate).to_have_attribute("data-value", "125000")
    expect(page.get_by_role("spinbutton")).to_have_value("5")
    page.get_by_role("spinbutton").fill("2")
    expect(estimate).to_have_attribute("data-value", "50000")
    expect(estimate).to_contain_text("Bayar Per Paper")
    expect(estimate).to_contain_text("2 paper × 250.000 token = 500.000 token")


def test_each_plan_leads_where_the_catalogue_says(person: BrowserContext, stack: Stack) -> None:
    page = person.new_page()
    visit(page, f"{stack.app_url}/pricing/")
    expect(page.get_by_test_id("plan-gratis-choose")).to_have_attribute("href", "/auth/")
    expect(page.get_by_test_id("plan-pro-choose")).to_be_disabled()
    expect(page.get_by_test_id("plan-pro")).to_have_attribute("data-state", "soon")
    page.get_by_test_id("plan-bpp-choose").click()
    page.wait_for_url("**/auth/**")
    page.locator("main[data-ready=true]").wait_for()
    page.get_by_test_id("auth-tab-signup").click()
    page.get_by_test_id("auth-name").fill("Pembaca Harga")
    page.get_by_test_id("auth-email").fill(new_address())
    page.get_by_test_id("auth-password").fill(PASSWORD)
    page.get_by_test_id("auth-submit").click()
    page.wait_for_url(re.compile(r"/subscription/plans/?"))
    expect(page.get_by_test_id("plan-gratis")).to_have_attribute("data-state", "current")


def test_a_customer_sees_their_plan_marked(person: BrowserContext, stack: Stack) -> None:
    page = sign_in(person, stack, "customer")
    visit(page, f"{stack.app_url}/pricing/")
    expect(page.get_by_test_id("plan-bpp")).to_have_attribute("data-state", "current")
    expect(page.get_by_test_id("plan-bpp-choose")).to_have_attribute("href", "/subscription/plans/")


def test_switching_the_language_asks_the_server_nothing_and_is_remembered(person: BrowserContext, stack: Stack) -> None:
    page = person.new_page()
    visit(page, f"{stack.app_url}/pricing/")
    person.set_offline(True)
    page.get_by_test_id("lang-en").click()
    expect(page.get_by_test_id("plan-bpp")).to_contain_text("Pay per paper")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_test_id("connection")).to_contain_text(text("en", "err.offline"))
    person.set_offline(False)
    visit(page, f"{stack.app_url}/pricing/")
    expect(page.get_by_test_id("plan-bpp")).to_contain_text("Pay per paper")

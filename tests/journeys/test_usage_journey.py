"""A host app tells a use, and the open page of its customer shows it without being asked."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.desk import EXPLORE, HISTORY, OVERVIEW, USAGE, Desk
from tests.stack import Stack

pytestmark = pytest.mark.journey


def tell(stack: Stack, role: str, event_id: str, **told: object) -> None:
    """As a host app does it: over HTTP, with its secret."""
    body = {
        "external_id": stack.user(role)["external_id"], "event_id": event_id, "operation": "refrasa", "model": "gpt-5",
    }  # fmt: skip
    answer = httpx.post(
        f"{stack.app_url}/api/billing/track-usage",
        json=body | told,
        headers={"Authorization": f"Bearer {stack.facts['billing_secret']}"},
    )
    assert answer.status_code == 201, answer.text


def test_a_use_is_on_the_open_page_at_once_and_its_charge_is_explained(seat: Callable[..., Desk], stack: Stack) -> None:
    citra = seat("busy")
    citra.goes_to(OVERVIEW)
    day = citra.page.locator('[data-testid=quota][data-key="tokens day"]')
    used = int(day.get_attribute("data-used") or "")
    event_id = f"journey-{uuid4().hex}"
    tell(stack, "busy", event_id, input_tokens=60, output_tokens=40)
    expect(day).to_have_attribute("data-used", str(used + 100))
    newest = citra.page.get_by_test_id("history-row").first
    expect(newest).to_have_attribute("data-id", f"usage:{event_id}")
    expect(newest).to_contain_text("gpt-5")
    citra.goes_to(f"{HISTORY}?id=usage:{event_id}")
    expect(citra.page.get_by_test_id("drawer-sum")).to_have_text("60 × 1 + 40 × 1 = 100")


def test_the_page_of_use_moves_by_itself_and_offers_more_where_a_limit_nears_its_end(
    seat: Callable[..., Desk], stack: Stack
) -> None:
    citra = seat("busy")
    citra.goes_to(OVERVIEW)
    expect(citra.page.get_by_test_id("banner")).to_have_attribute("data-kind", "quota_near")
    citra.page.locator(f'nav a[href="{USAGE}"]').locator("visible=true").first.click()
    citra.page.wait_for_url(f"**{USAGE}")
    day = citra.page.locator('[data-testid=quota][data-key="tokens day"]')
    expect(citra.page.get_by_test_id("usage-plan")).to_have_text("Gratis")
    used = int(day.get_attribute("data-used") or "")
    tell(stack, "busy", f"journey-{uuid4().hex}", input_tokens=60, output_tokens=40)
    expect(day).to_have_attribute("data-used", str(used + 100))
    expect(citra.page.get_by_test_id("banner")).to_have_count(0)  # this page says it itself, and more
    near = citra.page.get_by_test_id("usage-near")
    expect(near).to_have_attribute("data-key", "tokens day")
    citra.clicks("usage-upgrade")
    citra.page.wait_for_url("**/subscription/plans/?plan=bpp")
    expect(citra.sees("pay-submit")).to_be_visible()


def test_the_use_of_a_month_is_looked_at_from_every_side_and_taken_along(
    seat: Callable[..., Desk], stack: Stack
) -> None:
    sari = seat("customer")
    sari.goes_to(USAGE)
    sari.page.locator(f'main a[href^="{EXPLORE}"]').click()
    sari.page.wait_for_url("**/usage/explore/?range=month&by=operation")
    total = sari.page.get_by_test_id("explore-tokens")
    used = int(total.get_attribute("data-value") or "")
    rows = sari.page.get_by_test_id("explore-row")
    assert sum(int(row.get_attribute("data-tokens") or "") for row in rows.all()) == used > 0
    tell(stack, "customer", f"journey-{uuid4().hex}", input_tokens=60, output_tokens=40, session_id="bab-dua")
    expect(total).to_have_attribute("data-value", str(used + 100))

    sari.clicks("by-session")
    sari.page.wait_for_url("**/usage/explore/?range=month&by=session")
    expect(rows.filter(has_text="bab-dua")).to_have_attribute("data-tokens", "100")
    sari.page.get_by_test_id("filter-op").select_option("refrasa")
    sari.page.wait_for_url("**op=refrasa")
    expect(total).not_to_have_attribute("data-value", str(used + 100))
    sari.clicks("range-today")
    sari.page.wait_for_url("**range=today*")
    expect(rows.filter(has_text="bab-dua")).to_have_count(1)

    with sari.page.expect_download() as file:
        sari.clicks("usage-export")
    told = file.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert told[0].startswith("Sesi,Token,") and any(line.startswith("bab-dua,100,1,") for line in told)
    sari.page.get_by_test_id("filters-clear").click()
    sari.page.wait_for_url("**/usage/explore/?by=session")

"""The history: every view of it has an address, a row opens beside the list, and the list can be taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PHONE, Desk, Gateway
from tests.journeys.desk import HISTORY
from tests.journeys.looks import faults

pytestmark = pytest.mark.journey
Seat = Callable[..., Desk]


def rows(page: Page) -> Locator:
    return page.get_by_test_id("history-row")


def kinds(page: Page) -> set[str]:
    return set(rows(page).evaluate_all("rows => rows.map(row => row.dataset.kind)"))


def first_row_is(page: Page, row_id: str | None) -> None:
    expect(rows(page).first).to_have_attribute("data-id", row_id or "")


def test_filters_search_and_pages_live_in_the_address_through_reload_and_back(seat: Seat) -> None:
    desk = seat("customer")
    page = desk.page
    desk.goes_to(HISTORY)
    expect(rows(page)).to_have_count(25)
    newest = rows(page).first.get_attribute("data-id")
    assert page.url.endswith(HISTORY)

    desk.clicks("page-older")
    page.wait_for_url("**/subscription/history/?page=o.*")
    expect(rows(page).first).not_to_have_attribute("data-id", newest or "")
    older = rows(page).first.get_attribute("data-id")
    page.reload()
    first_row_is(page, older)
    page.go_back()
    first_row_is(page, newest)
    page.go_forward()
    first_row_is(page, older)
    desk.clicks("page-newer")
    first_row_is(page, newest)

    desk.clicks("filters")
    page.get_by_test_id("filter-type").select_option("topup")
    page.wait_for_url("**/subscription/history/?type=topup")
    expect(rows(page).last).to_have_attribute("data-kind", "topup")
    assert kinds(page) == {"topup"}
    page.get_by_test_id("filter-status").select_option("review")
    expect(page.get_by_test_id("nothing-matches")).to_be_visible()
    page.go_back()
    expect(rows(page).last).to_have_attribute("data-kind", "topup")
    desk.clicks("chip-type")
    expect(rows(page)).to_have_count(25)
    assert page.url.endswith(HISTORY)

    page.keyboard.press("/")
    expect(page.get_by_test_id("list-search")).to_be_focused()
    page.keyboard.type("demo-17", delay=20)
    page.wait_for_url("**/subscription/history/?q=demo-17")
    expect(rows(page)).to_have_count(1)
    first_row_is(page, "usage:demo-17")
    expect(page.get_by_test_id("list-search")).to_be_focused()
    page.reload()
    expect(page.get_by_test_id("list-search")).to_have_value("demo-17")
    desk.clicks("filters-clear")
    expect(rows(page)).to_have_count(25)
    expect(page.get_by_test_id("list-search")).to_have_value("")


def test_a_row_opens_by_keyboard_beside_the_list_and_focus_returns_to_it(seat: Seat) -> None:
    desk = seat("customer")
    page = desk.page
    desk.goes_to(HISTORY + "?type=topup")
    link = page.locator(".row-link").first
    link.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_test_id("drawer")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Perjalanan pembayaran")
    page.wait_for_url("**/subscription/history/?type=topup&id=top_*")
    assert sheet.evaluate("sheet => sheet.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.wait_for_url("**/subscription/history/?type=topup")
    expect(link).to_be_focused()
    page.go_back()
    link.click()
    expect(sheet).to_be_visible()
    page.reload()
    expect(sheet).to_be_visible()
    desk.clicks("drawer-close")
    expect(sheet).to_be_hidden()
    desk.goes_to(HISTORY + "?id=top_00000000000000000000000000")
    expect(sheet).to_contain_text("tidak ada di akun Anda")


def test_the_list_is_taken_along_as_it_is_filtered(seat: Seat, tmp_path: Path) -> None:
    desk = seat("customer")
    page = desk.page
    desk.goes_to(HISTORY + "?type=topup&status=paid")
    with page.expect_download() as coming:
        desk.clicks("history-export")
    taken = coming.value
    assert re.fullmatch(r"riwayat-\d{4}-\d\d-\d\d\.csv", taken.suggested_filename)
    taken.save_as(tmp_path / "taken.csv")
    lines = (tmp_path / "taken.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert len(lines) == rows(page).count() + 1
    assert all("Asia/Jakarta,Isi ulang" in line for line in lines[1:])
    assert page.context.pages == [page]

    page.context.clear_cookies()
    with page.context.expect_page() as opened:
        desk.clicks("history-export")
    opened.value.wait_for_url(re.compile("/auth/"))  # told in a tab of its own, and no page saved under the file's name
    expect(rows(page)).not_to_have_count(0)


def test_what_waits_is_paid_from_the_history_of_a_phone_and_the_row_turns_by_itself(
    customer: Desk, gateway: Gateway
) -> None:
    page = customer.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height
    ref = customer.asks_for(50_000)
    customer.goes_to(HISTORY)
    row = page.locator(f'[data-testid=history-row][data-id="{ref}"]')
    expect(row).to_have_attribute("data-status", "pending")
    expect(row.get_by_role("timer")).to_be_visible()
    row.locator(".row-link").click()
    expect(page.get_by_test_id("drawer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    customer.clicks("drawer-resume")
    page.wait_for_url(f"**/pay/{ref}/")
    customer.awaits_status("pending")
    customer.goes_to(HISTORY + f"?id={ref}")
    gateway.pay(ref)
    expect(row).to_have_attribute("data-status", "paid")
    expect(page.get_by_test_id("drawer-receipt")).to_be_visible()
    expect(page.get_by_test_id("stats-success")).to_have_attribute("data-value", "100")


def test_the_balance_of_another_moment_is_told_on_the_accounts_clock(seat: Seat) -> None:
    desk = seat("customer")
    page = desk.page
    desk.goes_to(HISTORY)
    page.locator(".stats-card summary").last.click()
    page.get_by_test_id("then-moment").fill("2020-06-01T10:00")
    expect(page.get_by_test_id("then-balance")).to_have_attribute("data-value", "0")
    page.get_by_test_id("then-moment").fill("2099-06-01T10:00")
    now = str(desk.stack.user("customer")["balance"])
    expect(page.get_by_test_id("then-balance")).to_have_attribute("data-value", now)


def test_every_state_of_the_history_is_for_everybody(seat: Seat) -> None:
    desk = seat("customer", reduced_motion="reduce")
    page = desk.page
    found: dict[str, list[str]] = {}
    desk.goes_to(HISTORY + "?type=topup&from=2026-01-01")
    for summary in page.locator("main summary").all():
        summary.click()
    found["filters and figures open"] = faults(page)
    page.locator(".row-link").first.click()
    expect(page.get_by_test_id("drawer")).to_be_visible()
    found["a row open"] = faults(page)
    desk.goes_to(HISTORY + "?q=nothing-of-the-kind")
    found["nothing matches"] = faults(page)
    assert not any(found.values()), found

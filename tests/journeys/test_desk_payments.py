"""The operators' desk: support asks the gateway again, finance decides about kept money, customers stay outside."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import OVERVIEW, Desk
from tests.journeys.gateway import Gateway
from tests.journeys.looks import faults

pytestmark = pytest.mark.journey

LIST = "/admin/payments/"
NOTE = "Pelanggan membayar dua kali"


def find(operator: Desk, ref: str) -> None:
    """From the list to the file of the payment, by the number the customer names."""
    operator.goes_to(LIST)
    operator.sees("desk-search").fill(ref)
    rows = operator.page.get_by_test_id("desk-payment")
    expect(rows).to_have_count(1)
    assert f"q={ref}" in operator.page.url
    rows.get_by_role("link").click()
    expect(operator.page.get_by_test_id("desk-file")).to_be_visible()
    expect(operator.page.get_by_role("heading", level=1)).to_have_text(ref)


def told(operator: Desk, key: str) -> None:
    expect(operator.page.get_by_test_id("desk-told")).to_have_attribute("data-key", key)


def test_support_asks_the_gateway_and_money_that_no_webhook_told_of_is_credited(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = customer.asks_for(50_000)
    support = seat("support")
    find(support, ref)
    support.clicks("desk-recheck")
    told(support, "adm.heard.same")
    gateway.pay(ref, drop_webhook=True)
    support.clicks("desk-recheck")
    expect(support.page.get_by_test_id("desk-file")).to_have_attribute("data-status", "paid")
    expect(support.page.get_by_test_id("desk-audits-row").filter(has_text="payment.rechecked").first).to_be_visible()
    customer.awaits_status("paid")
    customer.goes_to(OVERVIEW)
    customer.awaits_balance(500_000)


def test_finance_credits_a_second_payment_and_the_customers_open_tab_shows_it(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = customer.asks_for(50_000)
    gateway.pay(ref, payments=2)
    customer.awaits_status("paid")
    customer.goes_to(OVERVIEW)
    customer.awaits_balance(500_000)
    finance = seat("finance")
    find(finance, ref)
    finance.clicks("desk-resolve")
    dialog = finance.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Saldo 500.000 menjadi 1.000.000")
    finance.sees("resolve-credited").click()
    finance.sees("resolve-note").fill("pendek")
    finance.clicks("resolve-do")
    expect(finance.page.get_by_test_id("resolve-error")).to_have_attribute("data-code", "field_invalid")
    finance.sees("resolve-reason").select_option("paid_twice")
    finance.sees("resolve-note").fill(NOTE)
    finance.clicks("resolve-do")
    told(finance, "adm.decided.credited")
    expect(finance.page.get_by_test_id("desk-told")).to_contain_text("audit nomor")
    expect(finance.page.get_by_test_id("desk-waits")).to_have_count(0)
    expect(finance.page.get_by_test_id("desk-audits-row").filter(has_text=f"Dibayar dua kali: {NOTE}")).to_have_count(1)
    customer.awaits_balance(1_000_000)
    customer.goes_to(f"/pay/{ref}/")
    customer.page.get_by_text("Perjalanan pembayaran").click()
    expect(customer.page.get_by_text("Diputuskan oleh petugas kami")).to_be_visible()


def test_the_file_moves_by_itself_and_a_held_sum_goes_back_through_the_gateway(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = customer.asks_for(50_000)
    finance = seat("finance")
    find(finance, ref)
    gateway.pay(ref, amount=30_000)
    expect(finance.page.get_by_test_id("desk-waits")).to_have_count(1)
    expect(finance.page.get_by_test_id("desk-file")).to_have_attribute("data-status", "review")
    finance.clicks("desk-resolve")
    finance.sees("resolve-refunded").click()
    finance.sees("resolve-reason").select_option("wrong_sum")
    finance.sees("resolve-note").fill("Jumlahnya tidak sama dengan pesanan")
    finance.clicks("resolve-do")
    expect(finance.page.get_by_test_id("desk-refunds-row")).to_have_count(1)
    expect(finance.page.get_by_test_id("desk-waits")).to_have_count(0)


def test_a_dialog_keeps_the_focus_closes_with_escape_and_is_gone_after_a_reload(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = customer.asks_for(25_000)
    gateway.pay(ref, payments=2)
    finance = seat("finance")
    find(finance, ref)
    opener, dialog = finance.sees("desk-resolve"), finance.page.get_by_role("dialog")
    opener.focus()
    finance.page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    for _ in range(12):
        finance.page.keyboard.press("Tab")
        assert finance.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    finance.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(dialog).to_be_visible()
    finance.page.reload()
    expect(finance.page.get_by_test_id("desk-waits")).to_have_count(1)
    expect(dialog).to_be_hidden()


def test_a_webhook_is_laid_open_and_acted_on_again(customer: Desk, seat: Callable[..., Desk], gateway: Gateway) -> None:
    ref = customer.asks_for(25_000)
    gateway.pay(ref)
    customer.awaits_status("paid")
    finance = seat("finance")
    find(finance, ref)
    rows = finance.page.get_by_test_id("desk-webhooks-row")
    expect(rows).to_have_count(1)
    rows.get_by_test_id("desk-body").click()
    expect(rows.get_by_role("region")).to_contain_text('"payment.capture"')
    rows.get_by_test_id("desk-replay").click()
    told(finance, "adm.replayed")
    expect(finance.page.get_by_test_id("desk-told")).to_be_in_viewport()
    expect(finance.page.get_by_test_id("desk-file")).to_have_attribute("data-status", "paid")


def test_the_file_and_its_dialog_are_for_everybody(customer: Desk, seat: Callable[..., Desk], gateway: Gateway) -> None:
    ref = customer.asks_for(50_000)
    gateway.pay(ref, payments=2)
    customer.awaits_status("paid")
    finance = seat("finance")
    find(finance, ref)
    finance.clicks("desk-recheck")
    told(finance, "adm.heard.same")
    finance.clicks("desk-body")
    assert faults(finance.page) == []
    finance.clicks("desk-resolve")
    finance.sees("resolve-paid_out").click()
    finance.clicks("resolve-do")
    expect(finance.page.get_by_test_id("resolve-error")).to_be_visible()
    assert faults(finance.page) == []


def test_filters_stand_in_the_address_and_come_back_from_it(seat: Callable[..., Desk]) -> None:
    support = seat("support")
    support.goes_to(LIST)
    support.sees("filter-status").select_option("paid")
    support.sees("filter-method").select_option("VA_BCA")
    rows = support.page.get_by_test_id("desk-payment")
    support.page.wait_for_url(f"**{LIST}?status=paid&method=VA_BCA")
    expect(rows.filter(has_not=support.page.locator("[data-status=paid]")).first).to_be_visible()
    support.page.reload()
    expect(support.sees("filter-status")).to_have_value("paid")
    expect(support.sees("filter-method")).to_have_value("VA_BCA")
    support.clicks("chip-method")
    support.page.wait_for_url(f"**{LIST}?status=paid")
    expect(support.sees("filter-method")).to_have_value("")
    support.page.go_back()
    expect(support.sees("chip-method")).to_contain_text("BCA")
    support.sees("filter-from").press_sequentially("11012026")
    support.page.wait_for_url(f"**{LIST}?status=paid&method=VA_BCA&from=2026-11-01")
    expect(support.sees("filter-from")).to_be_focused()
    support.clicks("chip-from")
    expect(support.sees("filter-from")).to_have_value("")
    support.clicks("filters-clear")
    support.page.wait_for_url(f"**{LIST}")
    expect(support.page.get_by_test_id("chip-status")).to_have_count(0)
    support.page.locator("h1").click()
    support.page.keyboard.press("/")
    expect(support.sees("desk-search")).to_be_focused()
    support.page.keyboard.type("top_nobody")
    support.clicks("desk-clear")
    support.page.wait_for_url(f"**{LIST}")
    expect(support.sees("desk-search")).to_have_value("")


def test_operators_find_their_desk_in_the_menu_and_customers_do_not(customer: Desk, seat: Callable[..., Desk]) -> None:
    support = seat("support")
    support.goes_to(OVERVIEW)
    support.page.get_by_role("link", name="Meja operator").click()
    support.page.wait_for_url("**/admin/")
    expect(support.sees("desk-undecided")).to_be_visible()
    customer.goes_to(OVERVIEW)
    expect(customer.page.get_by_role("link", name="Meja operator")).to_have_count(0)

"""Finance sends money back and ends a dispute; the customer's open tab says so by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import HISTORY, TOPUP, Desk
from tests.journeys.gateway import Gateway
from tests.journeys.looks import faults
from tests.journeys.test_desk_payments import find, told

pytestmark = pytest.mark.journey

NOTE = "Separuhnya tidak jadi dipakai"


def paid(customer: Desk, gateway: Gateway, amount: int = 50_000, method: str = "QRIS") -> str:
    customer.goes_to(TOPUP)
    customer.clicks("amount-other")
    customer.sees("amount-input").fill(str(amount))
    customer.clicks(f"method-{method}")
    expect(customer.page.get_by_test_id(f"method-{method}").get_by_role("radio")).to_be_checked()
    ref = customer.pays()
    gateway.pay(ref)
    customer.awaits_status("paid")
    return ref


def fills(finance: Desk, note: str = NOTE) -> None:
    finance.sees("refund-reason").select_option("customer_asked")
    finance.sees("refund-note").fill(note)


def test_half_goes_back_and_the_customers_open_tab_shows_it(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = paid(customer, gateway)
    customer.goes_to(HISTORY)
    finance = seat("finance")
    find(finance, ref)
    finance.clicks("desk-refund-ask")
    dialog, amount = finance.page.get_by_role("dialog"), finance.sees("refund-amount")
    expect(amount).to_have_value("50.000")
    expect(dialog).to_contain_text("500.000 token diambil; saldo 500.000 menjadi 0.")
    amount.fill("60000")
    expect(finance.sees("refund-do")).to_be_disabled()
    amount.fill("25000")
    expect(dialog).to_contain_text("250.000 token diambil; saldo 500.000 menjadi 250.000.")
    finance.clicks("refund-do")
    expect(finance.sees("refund-error")).to_have_attribute("data-code", "field_invalid")
    fills(finance)
    with gateway.keeping_refunds_open():
        # As an impatient hand does it.
        finance.sees("refund-do").dblclick()
        told(finance, "adm.sent_back.asked")
        expect(finance.page.get_by_test_id("desk-refunds-row")).to_have_count(1)
        refund = finance.sees("desk-refund")
        expect(refund).to_have_attribute("data-status", "pending")
        gateway.ends(ref, "succeeded")
        expect(refund).to_have_attribute("data-status", "succeeded")
    row = customer.page.locator("[data-testid=history-row][data-kind=topup]").first
    expect(row).to_have_attribute("data-status", "partly_refunded")
    expect(row).to_contain_text("Sebagian dikembalikan")
    customer.awaits_balance(250_000)


def test_a_part_of_what_a_wallet_gives_back_whole_is_left_to_a_transfer(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = paid(customer, gateway, method="LINKAJA")
    finance = seat("finance")
    find(finance, ref)
    finance.clicks("desk-refund-ask")
    through = finance.sees("refund-gateway")
    expect(through.get_by_role("radio")).to_be_checked()
    finance.sees("refund-amount").fill("20000")
    expect(through).to_contain_text("LinkAja hanya mengembalikan seluruh pembayaran sekaligus")
    expect(finance.sees("refund-do")).to_be_disabled()
    finance.clicks("refund-manual")
    expect(finance.sees("refund-do")).to_be_enabled()
    finance.sees("refund-amount").fill("50000")
    expect(through.get_by_role("radio")).to_be_enabled()


def test_a_refund_the_gateway_cannot_make_is_done_by_hand_and_a_large_sum_is_typed(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = paid(customer, gateway, 1_000_000, "VA_BCA")
    finance = seat("finance")
    find(finance, ref)
    finance.clicks("desk-refund-ask")
    expect(finance.sees("refund-gateway").get_by_role("radio")).to_be_disabled()
    expect(finance.sees("refund-manual").get_by_role("radio")).to_be_checked()
    fills(finance)
    finance.sees("refund-number").fill("BCA-20261121-1")
    finance.sees("refund-typed").fill("100.000")
    finance.clicks("refund-do")
    expect(finance.sees("refund-error")).to_be_visible()
    finance.sees("refund-typed").fill("1.000.000")
    finance.clicks("refund-do")
    told(finance, "adm.sent_back.by_hand")
    expect(finance.sees("desk-refund")).to_have_attribute("data-status", "succeeded")
    expect(finance.page.get_by_test_id("desk-refund-ask")).to_have_count(0)
    customer.goes_to(HISTORY)
    customer.awaits_balance(0)


def test_a_dispute_says_what_the_gateway_said_and_ends_once(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = paid(customer, gateway)
    finance = seat("finance")
    find(finance, ref)
    gateway.dispute(ref)
    expect(finance.sees("desk-disputed")).to_be_visible()
    gateway.dispute(ref, act="lose")
    expect(finance.sees("desk-disputed")).to_contain_text("kalah")
    finance.clicks("desk-dispute-end")
    dialog = finance.page.get_by_role("dialog")
    expect(dialog).to_contain_text("500.000 token diambil; saldo 500.000 menjadi 0.")
    finance.sees("dispute-lost").click()
    finance.sees("dispute-note").fill("Kalah menurut dasbor gateway")
    finance.sees("dispute-do").dblclick()
    told(finance, "adm.dispute_over.lost")
    expect(finance.page.get_by_test_id("desk-disputed")).to_have_count(0)
    customer.goes_to(HISTORY)
    customer.awaits_balance(0)


def test_both_dialogs_are_for_everybody_and_for_the_keyboard(
    customer: Desk, seat: Callable[..., Desk], gateway: Gateway
) -> None:
    ref = paid(customer, gateway, 1_000_000)
    gateway.dispute(ref)
    finance = seat("finance")
    find(finance, ref)
    expect(finance.sees("desk-disputed")).to_be_visible()
    dialog = finance.page.get_by_role("dialog")
    for opener, act in (("desk-refund-ask", "refund-do"), ("desk-dispute-end", "dispute-won")):
        button = finance.sees(opener)
        button.focus()
        finance.page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        finance.clicks(act)
        assert faults(finance.page) == []
        for _ in range(14):
            finance.page.keyboard.press("Tab")
            assert finance.page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        finance.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()

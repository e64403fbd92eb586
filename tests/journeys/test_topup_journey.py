"""A customer tops up: the page follows the money by itself, in every tab, whatever becomes of the webhook."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Desk, Gateway
from tests.stack import visit

pytestmark = pytest.mark.journey
Seat = Callable[..., Desk]


def test_a_qris_topup_from_the_overview_takes_at_most_four_clicks_and_the_page_turns_to_paid_by_itself(
    customer: Desk, gateway: Gateway
) -> None:
    customer.goes_to("/subscription/overview/")
    before = customer.balance()
    clicks = ["overview-topup", "method-QRIS", "pay-submit"]
    for testid in clicks:
        customer.clicks(testid)
        customer.page.locator("main[data-ready=true]").wait_for()
    customer.page.wait_for_url("**/pay/**")
    code = customer.page.get_by_test_id("pay-qr")
    expect(code).to_be_visible()
    assert (code.get_attribute("data-payload") or "").startswith("000201")
    expect(customer.page.get_by_test_id("pay-amount")).to_have_attribute("data-value", "50000")
    gateway.pay(customer.ref())
    customer.awaits_status("paid")
    customer.awaits_balance(before + 500_000)
    expect(customer.page.locator("h1")).to_be_focused()
    expect(customer.page.get_by_test_id("receipt")).to_contain_text("Rp\u00a050.000")
    assert len(clicks) <= 4


def test_a_virtual_account_shows_its_number_for_the_eye_and_for_the_clipboard(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(25_000, "VA_BCA")
    number = customer.page.get_by_test_id("pay-va")
    digits = number.get_attribute("data-value") or ""
    assert digits.isdecimal()
    assert number.inner_text().replace(" ", "") == digits
    assert " " in number.inner_text()
    gateway.pay(ref)
    customer.awaits_status("paid")


def test_every_tab_of_the_account_moves_when_one_payment_arrives(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(100_000)
    others = [Desk(customer.page.context.new_page(), customer.stack) for _ in range(2)]
    others[0].goes_to("/subscription/overview/")
    others[1].goes_to("/subscription/history/")
    before = others[0].balance()
    gateway.pay(ref)
    for other in others:
        other.awaits_balance(before + 1_000_000)
    row = others[1].page.locator(f'[data-testid=history-row][data-id="{ref}"]')
    expect(row).to_have_attribute("data-status", "paid")
    expect(row).to_have_attribute("data-tokens", "1000000")
    expect(row).to_have_attribute("data-balance-after", str(before + 1_000_000))


def test_a_lost_webhook_is_made_good_by_the_open_page_within_ten_seconds(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(25_000)
    gateway.pay(ref, drop_webhook=True)
    customer.awaits_status("paid", within_s=10)
    expect(customer.page.get_by_test_id("pay-status").first).to_have_attribute("data-ref", ref)


def test_check_status_asks_the_gateway_now_and_says_when_nothing_has_come(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(25_000)
    customer.clicks("pay-check")
    expect(customer.page.get_by_text("Pembayaran belum kami terima")).to_be_visible()
    gateway.pay(ref, drop_webhook=True)
    customer.page.wait_for_timeout(3_100)
    if customer.page.get_by_test_id("pay-check").is_visible():
        customer.clicks("pay-check")
    customer.awaits_status("paid", within_s=5)


def test_a_payment_may_be_canceled_and_asked_for_again_at_the_same_terms(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(100_000)
    customer.clicks("pay-cancel")
    customer.clicks("pay-cancel-yes")
    customer.awaits_status("canceled")
    expect(customer.page.get_by_test_id("pay-amount")).to_have_attribute("data-value", "100000")
    customer.clicks("pay-retry")
    customer.awaits_status("pending")
    assert customer.ref() == ref
    gateway.pay(ref)
    customer.awaits_status("paid")


def test_a_refused_payment_is_told_and_one_click_makes_a_new_code(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(25_000)
    gateway.fail(ref)
    customer.awaits_status("failed")
    customer.clicks("pay-retry")
    customer.awaits_status("pending")
    expect(customer.page.get_by_test_id("pay-qr")).to_be_visible()


def test_a_wish_can_be_paid_another_way_without_starting_over(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(100_000)
    customer.page.get_by_text("Ganti metode").click()
    customer.clicks("pay-change-VA_BCA")
    expect(customer.page.get_by_test_id("pay-va")).to_be_in_viewport()
    expect(customer.page.locator("#pay-title")).to_be_focused()
    assert customer.ref() == ref
    gateway.pay(ref)
    customer.awaits_status("paid")


def test_another_amount_is_priced_while_it_is_typed_and_a_wrong_one_cannot_be_paid(
    customer: Desk,
) -> None:
    customer.goes_to("/subscription/topup/")
    customer.clicks("amount-other")
    typed = customer.page.get_by_test_id("amount-input")
    typed.press("ControlOrMeta+a")
    typed.press_sequentially("75000")
    expect(typed).to_have_value("75.000")
    expect(customer.page.get_by_test_id("pay-submit")).to_have_text("Bayar Rp\u00a075.000")
    typed.press("ControlOrMeta+a")
    typed.press_sequentially("123")
    expect(customer.page.get_by_test_id("pay-submit")).to_be_disabled()
    expect(customer.page.locator("#amount-error")).to_contain_text("10.000")
    expect(customer.page.get_by_test_id("method-VA_BCA")).to_have_attribute("data-disabled-reason", "minimum")


def test_whoever_holds_the_link_may_pay_and_sees_neither_balance_nor_story(
    customer: Desk, seat: Seat, gateway: Gateway
) -> None:
    stranger = seat()
    ref = customer.asks_for(25_000)
    stranger.goes_to(f"/pay/{ref}/")
    expect(stranger.page.get_by_test_id("pay-qr")).to_be_visible()
    for hidden in ("balance", "pay-cancel", "receipt", "history-row"):
        expect(stranger.page.get_by_test_id(hidden)).to_have_count(0)
    gateway.pay(ref)
    stranger.awaits_status("paid")
    for hidden in ("balance", "receipt"):
        expect(stranger.page.get_by_test_id(hidden)).to_have_count(0)
    customer.awaits_status("paid")


def test_an_unknown_payment_is_told_calmly(seat: Seat) -> None:
    stranger = seat()
    stranger.goes_to("/pay/top_00000000000000000000000000/")
    expect(stranger.page.get_by_test_id("error")).to_have_attribute("data-code", "not_found")


def test_the_code_can_be_saved_as_a_picture_until_it_is_paid(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(25_000)
    address = f"{customer.stack.app_url}/qr/{ref}.png"
    picture = customer.page.request.get(address)
    assert picture.ok
    assert picture.body().startswith(b"\x89PNG")
    gateway.pay(ref)
    customer.awaits_status("paid")
    assert customer.page.request.get(address).status == 404


def test_the_front_door_leads_to_ones_own_desk_or_to_the_prices(customer: Desk, seat: Seat) -> None:
    stranger = seat()
    visit(customer.page, customer.stack.app_url + "/")
    assert customer.page.url.endswith("/subscription/overview/")
    visit(stranger.page, stranger.stack.app_url + "/")
    assert stranger.page.url.endswith("/pricing/")

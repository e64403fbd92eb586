"""A customer tops up: the page follows the money by itself, in every tab, whatever becomes of the webhook."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Desk, Gateway
from tests.stack import visit

pytestmark = pytest.mark.journey
Seat = Callable[..., Desk]


def test_a_qris_topup_from_the_overview_takes_at_most_four_clicks_and_the_page_turns_to_paid_by_itself(
    seat: Seat, gateway: Gateway
) -> None:
    desk = seat("newcomer")
    desk.goes_to("/subscription/overview/")
    before = desk.balance()
    clicks = ["overview-topup", "method-QRIS", "pay-submit"]
    for testid in clicks:
        desk.clicks(testid)
        desk.page.locator("main[data-ready=true]").wait_for()
    desk.page.wait_for_url("**/pay/**")
    code = desk.page.get_by_test_id("pay-qr")
    expect(code).to_be_visible()
    assert (code.get_attribute("data-payload") or "").startswith("000201")
    expect(desk.page.get_by_test_id("pay-amount")).to_have_attribute("data-value", "50000")
    gateway.pay(desk.ref())
    desk.awaits_status("paid")
    desk.awaits_balance(before + 500_000)
    expect(desk.page.get_by_test_id("receipt")).to_contain_text("Rp\u00a050.000")
    assert len(clicks) <= 4


def test_a_virtual_account_shows_its_number_for_the_eye_and_for_the_clipboard(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(25_000, "VA_BCA")
    number = desk.page.get_by_test_id("pay-va")
    digits = number.get_attribute("data-value") or ""
    assert digits.isdecimal()
    assert number.inner_text().replace(" ", "") == digits
    assert " " in number.inner_text()
    gateway.pay(ref)
    desk.awaits_status("paid")


def test_every_tab_of_the_account_moves_when_one_payment_arrives(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(100_000)
    others = [Desk(desk.page.context.new_page(), desk.stack) for _ in range(2)]
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


def test_a_lost_webhook_is_made_good_by_the_open_page_within_ten_seconds(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(25_000)
    gateway.pay(ref, drop_webhook=True)
    desk.awaits_status("paid", within_s=10)


def test_check_status_asks_the_gateway_now_and_says_when_nothing_has_come(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(25_000)
    desk.clicks("pay-check")
    expect(desk.page.get_by_text("Pembayaran belum kami terima")).to_be_visible()
    gateway.pay(ref, drop_webhook=True)
    desk.page.wait_for_timeout(3_100)
    if desk.page.get_by_test_id("pay-check").is_visible():
        desk.clicks("pay-check")
    desk.awaits_status("paid", within_s=5)


def test_a_payment_may_be_canceled_and_asked_for_again_at_the_same_terms(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(100_000)
    desk.clicks("pay-cancel")
    desk.clicks("pay-cancel-yes")
    desk.awaits_status("canceled")
    expect(desk.page.get_by_test_id("pay-amount")).to_have_attribute("data-value", "100000")
    desk.clicks("pay-retry")
    desk.awaits_status("pending")
    assert desk.ref() == ref
    gateway.pay(ref)
    desk.awaits_status("paid")


def test_a_refused_payment_is_told_and_one_click_makes_a_new_code(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(25_000)
    gateway.fail(ref)
    desk.awaits_status("failed")
    desk.clicks("pay-retry")
    desk.awaits_status("pending")
    expect(desk.page.get_by_test_id("pay-qr")).to_be_visible()


def test_a_wish_can_be_paid_another_way_without_starting_over(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(100_000)
    desk.page.get_by_text("Ganti metode").click()
    desk.clicks("pay-change-VA_BCA")
    expect(desk.page.get_by_test_id("pay-va")).to_be_visible()
    assert desk.ref() == ref
    gateway.pay(ref)
    desk.awaits_status("paid")


def test_another_amount_is_priced_while_it_is_typed_and_a_wrong_one_cannot_be_paid(seat: Seat) -> None:
    desk = seat("customer")
    desk.goes_to("/subscription/topup/")
    desk.clicks("amount-other")
    typed = desk.page.get_by_test_id("amount-input")
    typed.press("ControlOrMeta+a")
    typed.press_sequentially("75000")
    expect(typed).to_have_value("75.000")
    expect(desk.page.get_by_test_id("pay-submit")).to_have_text("Bayar Rp\u00a075.000")
    typed.press("ControlOrMeta+a")
    typed.press_sequentially("123")
    expect(desk.page.get_by_test_id("pay-submit")).to_be_disabled()
    expect(desk.page.locator("#amount-error")).to_contain_text("10.000")
    expect(desk.page.get_by_test_id("method-VA_BCA")).to_have_attribute("data-disabled-reason", "minimum")


def test_whoever_holds_the_link_may_pay_and_sees_neither_balance_nor_story(seat: Seat, gateway: Gateway) -> None:
    owner, stranger = seat("customer"), seat()
    ref = owner.asks_for(25_000)
    stranger.goes_to(f"/pay/{ref}/")
    expect(stranger.page.get_by_test_id("pay-qr")).to_be_visible()
    for hidden in ("balance", "pay-cancel", "receipt", "history-row"):
        expect(stranger.page.get_by_test_id(hidden)).to_have_count(0)
    gateway.pay(ref)
    stranger.awaits_status("paid")
    for hidden in ("balance", "receipt"):
        expect(stranger.page.get_by_test_id(hidden)).to_have_count(0)
    owner.awaits_status("paid")


def test_an_unknown_payment_is_told_calmly(seat: Seat) -> None:
    stranger = seat()
    stranger.goes_to("/pay/top_00000000000000000000000000/")
    expect(stranger.page.get_by_test_id("error")).to_have_attribute("data-code", "not_found")


def test_the_code_can_be_saved_as_a_picture_until_it_is_paid(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(25_000)
    address = f"{desk.stack.app_url}/qr/{ref}.png"
    picture = desk.page.request.get(address)
    assert picture.ok
    assert picture.body().startswith(b"\x89PNG")
    gateway.pay(ref)
    desk.awaits_status("paid")
    assert desk.page.request.get(address).status == 404


def test_an_open_page_where_nothing_happens_says_nothing_to_the_server(seat: Seat) -> None:
    desk = seat("customer")
    frames: list[str] = []
    desk.page.on(
        "websocket",
        lambda socket: [
            socket.on(way, lambda frame: frames.append(str(frame))) for way in ("framesent", "framereceived")
        ],
    )
    desk.asks_for(100_000)
    desk.page.wait_for_timeout(1_000)
    frames.clear()
    desk.page.wait_for_timeout(15_000)
    assert [frame for frame in frames if "event" in frame] == []


def test_the_state_is_rebuilt_when_the_line_comes_back(seat: Seat, gateway: Gateway) -> None:
    desk = seat("customer")
    ref = desk.asks_for(25_000)
    desk.page.context.set_offline(True)
    gateway.pay(ref)
    time.sleep(1)
    desk.page.context.set_offline(False)
    desk.page.reload()
    desk.awaits_status("paid")


def test_the_front_door_leads_to_ones_own_desk_or_to_the_prices(seat: Seat) -> None:
    known, stranger = seat("customer"), seat()
    visit(known.page, known.stack.app_url + "/")
    assert known.page.url.endswith("/subscription/overview/")
    visit(stranger.page, stranger.stack.app_url + "/")
    assert stranger.page.url.endswith("/pricing/")

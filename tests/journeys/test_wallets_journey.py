"""Paying with an e-wallet: its page beside ours or instead of it, a request on the phone, and nobody asked twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Desk, Gateway
from tests.journeys.desk import OVERVIEW, TOPUP, sign_up
from tests.journeys.looks import faults

pytestmark = pytest.mark.journey
Seat = Callable[..., Desk]
NUMBER, OTHER_NUMBER = "0812 3456 7890", "0857 1111 2222"


def test_on_a_desk_the_wallet_opens_beside_the_page_which_turns_to_paid_by_itself(customer: Desk) -> None:
    customer.asks_for(50_000, "DANA")
    opener = customer.sees("pay-open")
    assert (opener.get_attribute("target"), opener.get_attribute("rel")) == ("_blank", "noopener")
    with customer.page.context.expect_page() as opened:
        opener.click()
    wallet = opened.value
    wallet.get_by_test_id("sim-pay").click()
    expect(wallet.get_by_test_id("sim-status")).to_have_attribute("data-status", "SUCCEEDED")
    customer.awaits_status("paid")
    customer.awaits_balance(500_000)


def test_a_phone_goes_from_the_overview_through_the_wallet_and_back_to_the_receipt_by_touch_alone(seat: Seat) -> None:
    desk = on_a_phone(seat)
    desk.goes_to(OVERVIEW)
    for testid in ("overview-topup", "method-GOPAY", "pay-submit"):
        desk.sees(testid).tap()
        desk.page.locator("main[data-ready=true]").wait_for()
    desk.page.wait_for_url("**/pay/*/")
    desk.awaits_status("pending")
    ref = desk.ref()
    desk.sees("pay-open").tap()
    desk.page.get_by_test_id("sim-pay").tap()
    desk.page.wait_for_url(f"**/pay/{ref}/*")
    desk.awaits_status("paid")
    expect(desk.page.get_by_test_id("receipt")).to_be_visible()
    desk.goes_to(OVERVIEW)
    desk.awaits_balance(500_000)


def test_whoever_declines_in_the_wallet_comes_back_to_the_reason_and_tries_again(seat: Seat) -> None:
    desk = on_a_phone(seat)
    ref = desk.asks_for(25_000, "LINKAJA")
    desk.sees("pay-open").tap()
    desk.page.get_by_test_id("sim-decline").tap()
    desk.page.get_by_test_id("sim-back").tap()
    desk.page.wait_for_url(f"**/pay/{ref}/*")
    desk.awaits_status("failed")
    expect(desk.page.get_by_test_id("pay-status")).to_contain_text("ditolak di aplikasi")
    desk.sees("pay-retry").tap()
    desk.awaits_status("pending")
    expect(desk.sees("pay-open")).to_be_visible()


def test_whoever_comes_back_before_the_money_is_told_so_and_later_that_it_takes_long(customer: Desk) -> None:
    ref = customer.asks_for(25_000, "DANA")
    customer.goes_to(f"/pay/{ref}/?returned=1")
    expect(customer.page.get_by_text("Anda sudah kembali")).to_be_visible()
    expect(customer.page.get_by_text("lebih lama dari biasanya")).to_be_visible(timeout=17_000)


def test_shopeepay_is_scanned_from_a_desk_and_opened_on_a_phone(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(50_000, "SHOPEEPAY")
    expect(customer.sees("pay-qr")).to_have_attribute("alt", "Kode QR ShopeePay, Rp\u00a050.000")
    expect(customer.page.get_by_test_id("pay-open")).to_be_hidden()
    customer.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    expect(customer.page.get_by_test_id("pay-open")).to_be_visible()
    expect(customer.page.get_by_test_id("pay-qr")).to_be_hidden()
    gateway.pay(ref)
    customer.awaits_status("paid")


def test_ovo_rings_the_phone_and_sends_again_after_a_refusal_and_after_it_ran_out(
    customer: Desk, gateway: Gateway
) -> None:
    ref = asks_ovo(customer)
    ring = customer.page.get_by_test_id("pay-push")
    expect(ring).to_contain_text("Setujui di aplikasi OVO dalam")
    expect(customer.page.get_by_text("0812•••••890")).to_be_visible()
    phone = customer.beside()
    answers_on_the_phone(phone.page, customer.stack.sandbox_url, ref, "sim-decline")
    customer.awaits_status("failed")
    customer.clicks("pay-retry")
    customer.awaits_status("pending")
    gateway.expire(f"{ref}~2")
    customer.awaits_status("expired")
    expect(customer.page.get_by_test_id("pay-status")).to_contain_text("tidak disetujui tepat waktu")
    customer.clicks("pay-retry")
    customer.awaits_status("pending")
    answers_on_the_phone(phone.page, customer.stack.sandbox_url, f"{ref}~3", "sim-pay")
    customer.awaits_status("paid")


def test_a_number_that_is_none_is_told_beside_its_field_and_another_one_sends_the_request_again(
    customer: Desk, gateway: Gateway
) -> None:
    customer.goes_to(TOPUP)
    customer.clicks("method-OVO")
    customer.clicks("pay-submit")
    field = customer.page.get_by_test_id("phone-input")
    expect(field).to_be_focused()
    expect(customer.page.locator("#phone-error")).to_contain_text("Isi nomor ponsel dulu")
    field.fill("021 555 1234")
    customer.clicks("pay-submit")
    expect(customer.page.locator("#phone-error")).to_contain_text("bukan nomor ponsel")
    field.fill(NUMBER)
    ref = customer.pays()
    customer.page.get_by_text("Nomor salah?").click()
    customer.page.get_by_test_id("phone-input").fill(OTHER_NUMBER)
    customer.clicks("phone-send")
    expect(customer.page.get_by_text("0857•••••222")).to_be_visible()
    gateway.pay(f"{ref}~2")
    customer.awaits_status("paid")


def test_changing_to_ovo_asks_for_the_number_in_place(customer: Desk) -> None:
    ref = customer.asks_for(50_000)
    customer.page.get_by_text("Ganti metode").click()
    customer.clicks("pay-change-OVO")
    expect(customer.page.get_by_test_id("phone-input")).to_be_focused()
    customer.page.get_by_test_id("phone-input").fill(NUMBER)
    customer.clicks("phone-send")
    expect(customer.page.get_by_test_id("pay-push")).to_be_visible()
    assert customer.ref() == ref


@pytest.mark.parametrize("method", ["QRIS", "OVO", "DANA"])
def test_a_returning_customer_has_a_payable_code_after_two_clicks(
    customer: Desk, gateway: Gateway, method: str
) -> None:
    ref = asks_ovo(customer) if method == "OVO" else customer.asks_for(50_000, method)
    gateway.pay(ref)
    customer.awaits_status("paid")
    customer.goes_to(OVERVIEW)
    clicks = ["overview-topup", "pay-submit"]
    for testid in clicks:
        customer.clicks(testid)
        customer.page.locator("main[data-ready=true]").wait_for()
    customer.page.wait_for_url("**/pay/*/")
    customer.awaits_status("pending")
    code = {"QRIS": "pay-qr", "OVO": "pay-push", "DANA": "pay-open"}[method]
    expect(customer.sees(code)).to_be_visible()
    assert len(clicks) <= 2


def test_what_was_not_finished_is_offered_first_and_can_be_called_off_there(customer: Desk) -> None:
    ref = customer.asks_for(50_000, "DANA")
    customer.goes_to(TOPUP)
    card = customer.page.get_by_test_id("unfinished")
    expect(card).to_contain_text("Rp\u00a050.000 lewat DANA")
    customer.clicks("unfinished-continue")
    customer.page.wait_for_url(f"**/pay/{ref}/")
    customer.goes_to(TOPUP)
    customer.clicks("unfinished-cancel")
    customer.clicks("unfinished-cancel-yes")
    expect(card).to_have_count(0)
    customer.goes_to(f"/pay/{ref}/")
    customer.awaits_status("canceled")


@pytest.mark.parametrize("method", ["OVO", "DANA", "SHOPEEPAY"])
def test_what_a_wallet_shows_is_right_in_every_look(person_at_rest: Desk, method: str) -> None:
    desk = person_at_rest
    if method == "OVO":
        asks_ovo(desk)
        desk.page.get_by_text("Nomor salah?").click()
    else:
        desk.asks_for(50_000, method)
    found = faults(desk.page)
    assert not found, json.dumps(found, indent=2)


@pytest.fixture
def person_at_rest(seat: Seat) -> Desk:
    stranger = seat(reduced_motion="reduce")
    stranger.page.add_init_script("localStorage.setItem('theme', 'system')")
    return sign_up(stranger.page.context, stranger.stack)


def on_a_phone(seat: Seat) -> Desk:
    """Somebody new, with a small screen and fingers."""
    stranger = seat(window=PHONE, has_touch=True, is_mobile=True)
    return sign_up(stranger.page.context, stranger.stack)


def asks_ovo(desk: Desk) -> str:
    desk.goes_to(TOPUP)
    desk.clicks("method-OVO")
    desk.page.get_by_test_id("phone-input").fill(NUMBER)
    return desk.pays()


def answers_on_the_phone(page: Page, sandbox_url: str, reference: str, answer: str) -> None:
    """The push stands in the list of what waits on the payer's phone."""
    page.goto(f"{sandbox_url}/phone")
    page.locator(f'[data-testid=sim-open][data-ref="{reference}"]').click()
    page.get_by_test_id(answer).click()

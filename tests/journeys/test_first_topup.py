"""The thin line through the whole house: from a stranger to a balance that moves by itself, and the mail about it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import HISTORY, OVERVIEW, PASSWORD, PLANS, Desk, new_address
from tests.journeys.gateway import Gateway
from tests.stack import visit

pytestmark = pytest.mark.journey


def test_a_stranger_signs_up_pays_fifty_thousand_and_sees_the_balance_move_by_itself(
    seat: Callable[..., Desk], gateway: Gateway
) -> None:
    desk, email = seat(), new_address()
    signs_up_by_the_form(desk, email)
    proves_the_address(desk, gateway, email)
    ref = picks_bpp_and_qris(desk)
    other = desk.beside()
    other.goes_to(OVERVIEW)
    other.awaits_balance(0)

    pays_with_the_phone(desk.beside(), ref)
    desk.awaits_status("paid")
    expect(desk.page.get_by_test_id("receipt")).to_be_visible()
    desk.awaits_balance(500_000)
    other.awaits_balance(500_000)
    expect(desk.page.get_by_test_id("plan-bpp")).to_have_attribute("data-state", "current")

    gateway.mails(email, about=ref)
    desk.goes_to(HISTORY)
    row = desk.page.get_by_test_id("history-row")
    expect(row).to_have_count(1)
    for name, value in (("kind", "topup"), ("tokens", "500000"), ("balance-after", "500000"), ("status", "paid")):
        expect(row).to_have_attribute(f"data-{name}", value)
    assert len(gateway.mails(email, about=ref)) == 1


def signs_up_by_the_form(desk: Desk, email: str) -> None:
    desk.goes_to("/auth/")
    desk.clicks("auth-tab-signup")
    desk.sees("auth-name").fill("Ratna Dewi")
    desk.sees("auth-email").fill(email)
    desk.sees("auth-password").fill(PASSWORD)
    expect(desk.sees("zone")).to_have_value("Asia/Jakarta")
    desk.clicks("auth-submit")
    desk.page.wait_for_url(f"**{OVERVIEW}")
    expect(desk.page.get_by_test_id("banner")).to_have_attribute("data-kind", "unverified")


def proves_the_address(desk: Desk, gateway: Gateway, email: str) -> None:
    (mail,) = gateway.mails(email)
    visit(desk.page, next(link for link in mail["links"] if "/auth/verify/" in link))
    desk.clicks("verify-confirm")
    expect(desk.page.get_by_test_id("verify-ok")).to_be_visible()
    desk.clicks("verify-next")
    desk.page.wait_for_url(f"**{OVERVIEW}")
    desk.awaits_balance(0)
    expect(desk.page.get_by_test_id("banner")).to_have_count(0)


def picks_bpp_and_qris(desk: Desk) -> str:
    desk.goes_to(PLANS)
    expect(desk.page.get_by_test_id("plan-gratis")).to_have_attribute("data-state", "current")
    expect(desk.page.get_by_test_id("plan-pro")).to_have_attribute("data-state", "soon")
    for testid in ("plan-bpp-choose", "amount-50000", "method-QRIS", "pay-submit"):
        desk.clicks(testid)
    desk.awaits_status("pending")
    expect(desk.page.get_by_test_id("pay-amount")).to_have_attribute("data-value", "50000")
    assert str(desk.page.get_by_test_id("pay-qr").get_attribute("data-payload")).startswith("000201")
    return desk.ref()


def pays_with_the_phone(phone: Desk, ref: str) -> None:
    phone.page.goto(f"{phone.stack.sandbox_url}/phone")
    phone.page.locator(f"[data-testid=sim-open][data-ref^='{ref}']").click()
    phone.clicks("sim-pay")
    expect(phone.page.get_by_test_id("sim-status")).to_have_attribute("data-status", "SUCCEEDED")
    phone.page.close()

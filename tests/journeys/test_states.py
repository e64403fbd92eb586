"""What a page looks like only after something happened: for everybody, and as light as the others."""

import gzip
import json

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.journeys.desk import Desk, sign_up
from tests.journeys.gateway import Gateway
from tests.journeys.looks import DESK, faults
from tests.journeys.test_pages import CSS_BUDGET, JS_BUDGET
from tests.stack import Stack

pytestmark = pytest.mark.journey


@pytest.fixture
def calm(browser: Browser, stack: Stack) -> Desk:
    """Somebody new for whom nothing moves: colours are measured at rest."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    return sign_up(context, stack)


def test_every_state_of_a_payment_is_for_everybody(calm: Desk, gateway: Gateway) -> None:
    found: dict[str, list[str]] = {}
    ref = calm.asks_for(50_000)
    calm.clicks("pay-cancel")
    expect(calm.page.get_by_role("dialog")).to_be_visible()
    found["asked whether to cancel"] = faults(calm.page)
    calm.clicks("pay-cancel-yes")
    calm.awaits_status("canceled")
    found["canceled"] = faults(calm.page)
    calm.clicks("pay-retry")
    calm.awaits_status("pending")
    gateway.fail(ref)
    calm.awaits_status("failed")
    found["failed"] = faults(calm.page)
    calm.clicks("pay-retry")
    calm.awaits_status("pending")
    gateway.expire(ref)
    calm.awaits_status("expired")
    found["expired"] = faults(calm.page)
    calm.clicks("pay-retry")
    calm.awaits_status("pending")
    gateway.pay(ref)
    calm.awaits_status("paid")
    found["paid"] = faults(calm.page)
    assert not any(found.values()), json.dumps(found, indent=2)


def test_money_that_went_back_or_is_disputed_is_told_to_everybody(calm: Desk, gateway: Gateway) -> None:
    found: dict[str, list[str]] = {}
    ref = calm.asks_for(50_000)
    gateway.pay(ref)
    calm.awaits_status("paid")
    gateway.refund(ref, amount=20_000)
    expect(calm.page.get_by_test_id("pay-status")).to_contain_text("Rp\u00a020.000 dari Rp\u00a050.000")
    found["partly refunded"] = faults(calm.page)
    gateway.dispute(ref)
    expect(calm.page.get_by_test_id("pay-status")).to_contain_text("disengketakan")
    found["disputed"] = faults(calm.page)
    assert not any(found.values()), json.dumps(found, indent=2)


def test_a_refusal_and_a_lost_line_are_for_everybody(calm: Desk) -> None:
    found: dict[str, list[str]] = {}
    calm.goes_to("/auth/verify/")
    found["waiting for the proof"] = faults(calm.page)
    calm.page.context.set_offline(True)
    expect(calm.page.get_by_test_id("connection")).to_have_attribute("data-tone", "bad")
    found["offline"] = faults(calm.page)
    calm.page.context.set_offline(False)
    calm.page.context.clear_cookies()
    calm.goes_to("/auth/?error=bad_credentials")
    expect(calm.page.get_by_test_id("auth-error")).to_be_visible()
    found["refused"] = faults(calm.page)
    assert not any(found.values()), json.dumps(found, indent=2)


def test_a_payment_link_is_light_for_whoever_opens_it(calm: Desk, browser: Browser, stack: Stack) -> None:
    ref = calm.asks_for(50_000)
    stranger = Desk(browser.new_context().new_page(), stack)
    got: list[Response] = []
    stranger.page.on("response", lambda response: got.append(response))  # noqa: PLW0108 - Playwright marks its listeners, which a built-in refuses
    stranger.goes_to(f"/pay/{ref}/")
    assert 0 < weight(got, "javascript") <= JS_BUDGET
    assert 0 < weight(got, "text/css") <= CSS_BUDGET


def weight(got: list[Response], kind: str) -> int:
    wanted = [one for one in got if kind in one.headers.get("content-type", "")]
    return sum(len(gzip.compress(one.body(), 9)) for one in wanted)

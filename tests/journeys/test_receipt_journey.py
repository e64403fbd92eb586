"""The public check of a receipt, by somebody who is nobody to us and holds a piece of paper."""

import io
from urllib.parse import urlsplit

import pypdf
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.desk import Desk
from tests.journeys.gateway import Gateway
from tests.journeys.looks import faults
from tests.stack import Stack

pytestmark = pytest.mark.journey

NUMBER = "KW-2026-000001"


def test_a_stranger_without_the_code_learns_nothing(person: BrowserContext, stack: Stack) -> None:
    desk = Desk(person.new_page(), stack)
    desk.goes_to(f"/receipts/{NUMBER}/")
    expect(desk.page.get_by_test_id("receipt-proof")).to_have_count(0)
    assert desk.page.locator("meta[name=robots]").get_attribute("content") == "noindex"
    assert "Rp" not in desk.page.locator("main").inner_text()
    assert faults(desk.page) == []
    desk.sees("receipt-code").fill("0000000000")
    desk.clicks("receipt-check")
    expect(desk.page.get_by_test_id("error")).to_have_attribute("data-code", "bad_code")
    assert "Rp" not in desk.page.locator("main").inner_text()
    assert faults(desk.page) == []


def test_whoever_paid_downloads_the_paper_and_whoever_it_is_handed_to_checks_it(
    customer: Desk, gateway: Gateway, browser: Browser
) -> None:
    ref = customer.asks_for(50_000)
    gateway.pay(ref)
    customer.awaits_status("paid")
    button = customer.sees("receipt-pdf")
    expect(customer.page.get_by_test_id("receipt")).to_contain_text("KW-")
    assert faults(customer.page) == []

    address = str(button.get_attribute("href"))
    assert address.endswith(".pdf?lang=id")
    answer = customer.page.request.get(customer.stack.app_url + address)
    assert answer.headers["content-type"] == "application/pdf"
    said = pypdf.PdfReader(io.BytesIO(answer.body())).pages[0].extract_text().split()
    number = next(word for word in said if word.startswith("KW-"))
    code = said[said.index("periksa", said.index("Kode")) + 1]

    context = browser.new_context()
    stranger = Desk(context.new_page(), customer.stack)
    stranger.goes_to(f"/receipts/{number}/")
    stranger.sees("receipt-code").fill(code.lower())
    stranger.clicks("receipt-check")
    proof = stranger.page.get_by_test_id("receipt-proof")
    expect(proof).to_have_attribute("data-standing", "valid")
    expect(proof).to_contain_text(number)
    expect(proof).to_contain_text("Rp\u00a050.000")
    assert faults(stranger.page) == []
    stranger.page.goto(customer.stack.app_url + address)
    assert urlsplit(stranger.page.url).path == "/auth/", "the paper itself is for members"
    context.close()

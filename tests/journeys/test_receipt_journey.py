"""The public check of a receipt, by somebody who is nobody to us and holds a piece of paper."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.desk import Desk
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

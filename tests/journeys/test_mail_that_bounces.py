"""A mail that comes back is told on the open page by itself, and its reader can say that the address is right."""

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import OVERVIEW, SETTINGS, Desk
from tests.journeys.gateway import Gateway
from tests.journeys.looks import faults

pytestmark = pytest.mark.journey


def test_a_bounce_shows_by_itself_and_one_button_ends_it(customer: Desk, gateway: Gateway) -> None:
    (verification,) = gateway.mails(customer.email)
    customer.goes_to(OVERVIEW)
    banner = customer.page.get_by_test_id("banner")
    expect(banner).to_have_attribute("data-kind", "unverified")
    gateway.becomes(verification, "bounced")
    expect(banner).to_have_attribute("data-kind", "mail_stopped")
    expect(banner).to_contain_text(customer.email)
    banner.get_by_role("link").click()
    customer.page.wait_for_url(f"**{SETTINGS}")
    told = customer.sees("mail-stopped")
    expect(told).to_contain_text(customer.email)
    expect(banner).to_have_count(0)
    assert faults(customer.page) == []
    customer.clicks("mail-confirm")
    expect(customer.page.get_by_test_id("mail-stopped")).to_have_count(0)
    expect(customer.page.get_by_test_id("settings-told")).not_to_be_empty()
    expect(banner).to_have_attribute("data-kind", "unverified")


def test_nothing_more_is_sent_to_an_address_that_complained(customer: Desk, gateway: Gateway) -> None:
    (verification,) = gateway.mails(customer.email)
    gateway.becomes(verification, "complained")
    customer.goes_to(OVERVIEW)
    expect(customer.page.get_by_test_id("banner")).to_have_attribute("data-kind", "mail_stopped")
    ref = customer.asks_for(50_000)
    gateway.pay(ref)
    customer.awaits_status("paid")
    assert len(gateway.mails(customer.email)) == 1

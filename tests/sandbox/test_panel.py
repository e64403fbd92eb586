"""The panel in a person's hands: the clock, faults, generations, one request's story, checkout pages, the bad day."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.test_generations import SESSION
from tests.sandbox.xendit_client import XenditClient


@pytest.fixture
def person(box: Box) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=box.url, headers={"Origin": box.url, "Accept-Language": "en"}) as client:
        client.follow_redirects = True
        yield client


def test_the_clock_is_moved_by_an_hour(person: httpx.Client, box: Box) -> None:
    page = person.post("/clock", data={"advance_s": "3600"})
    assert "1 h 0 min ahead" in page.text
    assert box.call("GET", "/_sim/clock").body["ahead_s"] == 3_600
    assert person.post("/clock", data={"advance_s": "soon"}).status_code == 400


def test_a_fault_is_ordered_shown_and_taken_away(person: httpx.Client, box: Box) -> None:
    page = person.post("/faults", data={"call": "xendit.create", "fault": "slow", "times": "3", "ms": "250"})
    assert "xendit.create" in page.text
    person.post("/faults", data={"call": "resend.send", "fault": "500", "always": "on"})
    assert box.call("GET", "/_sim/faults").body["faults"] == [
        {"gateway": "xendit", "call": "create", "fault": "slow", "times": 3, "ms": 250},
        {"gateway": "resend", "call": "send", "fault": "500", "times": None},
    ]
    assert person.post("/faults", data={"call": "xendit.dance", "fault": "500"}).status_code == 400
    assert "No faults are ordered" in person.post("/faults/clear").text


def test_held_notices_are_let_go_and_a_test_notice_is_sent(
    xendit: XenditClient, person: httpx.Client, box: Box, app: Receiver
) -> None:
    box.switch(webhooks="hold")
    xendit.create("top_a")
    box.pay("top_a")
    assert "Send the held ones (1)" in person.get("/").text
    person.post("/webhooks/deliver")
    assert len(app.told) == 1
    assert "accepted the test notice" in person.post("/webhooks/test").text
    app.status = 500
    assert "refused the test notice" in person.post("/webhooks/test").text


def test_the_generation_of_notices_is_chosen(person: httpx.Client, box: Box) -> None:
    wish = {"webhooks": "v2", "expiry": "payment_request.expired", "refunds": "nested", "refund_outcome": "failed"}
    assert person.post("/modes", data=wish).status_code == 200
    modes = box.call("GET", "/_sim/modes").body
    assert {name: modes[name] for name in wish} == wish
    assert person.post("/modes", data={**wish, "webhooks": "v9"}).status_code == 400


def test_one_request_is_refunded_disputed_and_told_again(
    xendit: XenditClient, person: httpx.Client, box: Box, app: Receiver
) -> None:
    path = f"/requests/{xendit.create('top_a', 'CARDS')['payment_request_id']}"
    assert "Nothing was paid yet" in person.get(path).text
    box.pay("top_a")
    assert "IDR\xa020,000" in person.post(f"{path}/refund", data={"amount": "20.000", "outcome": "succeeded"}).text
    assert "needs an answer" in person.post(f"{path}/dispute", data={"act": "open"}).text
    event_id = re.search(r'name="event_id" value="([^"]+)"', person.get(path).text)
    assert event_id
    person.post(f"{path}/tell", data={"event_id": event_id[1]})
    assert [told.body["event"] for told in app.told] == [
        "payment.capture", "refund.succeeded", "dispute.action_required", "payment.capture"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("act", "form"),
    [("refund", {"amount": "90000", "outcome": "succeeded"}), ("refund", {"outcome": "maybe"}),
     ("dispute", {"act": "win"}), ("dispute", {"act": "shout"}), ("tell", {"event_id": "x"})],
)  # fmt: skip
def test_what_cannot_be_done_with_a_request_is_said(
    xendit: XenditClient, person: httpx.Client, box: Box, act: str, form: dict[str, Any]
) -> None:
    path = f"/requests/{xendit.create('top_a')['payment_request_id']}"
    box.pay("top_a")
    refused = person.post(f"{path}/{act}", data=form)
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text


def test_a_bank_gives_nothing_back(xendit: XenditClient, person: httpx.Client, box: Box) -> None:
    made = xendit.create("top_a", "BCA_VIRTUAL_ACCOUNT")
    box.pay("top_a")
    assert "BCA knows no refunds" in person.get(f"/requests/{made['payment_request_id']}").text
    assert person.get("/requests/pr-unknown").url.path == "/"


def test_a_session_is_paid_on_its_own_page(xendit: XenditClient, person: httpx.Client, app: Receiver) -> None:
    made = xendit.call("POST", "/sessions", {**SESSION, "success_return_url": "https://shop.test/pay/a"})
    page = person.get(made["payment_link_url"])
    assert "IDR\xa050,000" in page.text
    assert person.post(f"{page.url.path}/pay", data={"channel": "PIGEON"}).status_code == 409
    paid = person.post(f"{page.url.path}/pay", data={"channel": "DANA"})
    assert 'data-status="COMPLETED"' in paid.text
    assert 'href="https://shop.test/pay/a"' in paid.text
    assert len(app.wait_for(2)) == 2
    assert "top_s" in person.get("/").text
    assert person.get("/checkout/unknown").url.path == "/phone"


def test_an_invoice_runs_out_on_its_page(xendit: XenditClient, person: httpx.Client, app: Receiver) -> None:
    made = xendit.call("POST", "/v2/invoices/", {"external_id": "top_i", "amount": 50_000})
    page = person.post(f"/checkout/{made['id']}/expire")
    assert 'data-status="EXPIRED"' in page.text
    assert app.wait_for(1)[0].body["status"] == "EXPIRED"


def test_a_bad_day_is_begun_watched_and_ended(xendit: XenditClient, person: httpx.Client, box: Box) -> None:
    calm = {f"rate_{name}": "0" for name in box.bad_day()["plan"]["faults"]}
    box.end_day()
    rates = dict.fromkeys(("rate_late", "rate_twice", "rate_second_try", "rate_declined", "rate_unpaid"), "0")
    wish = {"seed": "4", "payers": "on", "rate_wrong_amount": "100", **rates, **calm}
    page = person.post("/bad-day/begin", data=wish)
    assert "A bad day is on (seed 4)" in page.text
    made = xendit.create("top_a")
    box.advance(5)
    page = person.post("/bad-day/end")
    assert "A bad day is on" not in page.text
    assert f"/requests/{made['payment_request_id']}" in page.text
    assert "wrong amount" in page.text
    assert person.post("/bad-day/begin", data={"rate_lost": "90"}).status_code == 400

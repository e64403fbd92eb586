"""The control API, as its table says: what each act answers, and what it refuses."""

import time
from typing import Any

import pytest

from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient

CALLS_THAT_CHANGE_NOTHING: list[tuple[str, Any]] = [
    ("pay", {"amount": 0}),
    ("pay", {"amount": -5}),
    ("pay", {"amount": 1.5}),
    ("pay", {"amount": "50000"}),
    ("pay", {"amount": True}),
    ("pay", {"times": 0}),
    ("pay", {"times": 501}),
    ("pay", {"payments": 0}),
    ("pay", {"delay_s": -1}),
    ("pay", {"drop_webhook": 1}),
    ("pay", {"after_expiry": "yes"}),
    ("pay", {"tims": 2}),
    ("pay", []),
    ("fail", {"code": "no such form"}),
    ("fail", {"code": 7}),
]


def test_a_request_is_shown_as_it_stands(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    assert box.payment("top_a") == {
        "reference": "top_a",
        "gateway": "xendit",
        "method": "QRIS",
        "amount": 50_000,
        "currency": "IDR",
        "status": "REQUIRES_ACTION",
        "payment_ids": [],
        "refunds": [],
        "disputes": [],
        "deliveries": [],
    }


def test_paying_answers_when_the_app_has_answered(xendit: XenditClient, box: Box, app: Receiver) -> None:
    app.hold_s = 0.2
    xendit.create("top_a")
    begun = time.perf_counter()
    paid = box.pay("top_a")
    assert time.perf_counter() - begun >= 0.2
    assert paid["status"] == "SUCCEEDED"
    assert len(paid["payment_ids"]) == 1
    [delivery] = paid["deliveries"]
    assert (delivery["event"], delivery["status"]) == ("payment.capture", 200)
    assert delivery["ms"] >= 200


def test_paying_another_amount_captures_that_amount(xendit: XenditClient, box: Box, app: Receiver) -> None:
    xendit.create("top_a")
    [payment_id] = box.pay("top_a", amount=49_999)["payment_ids"]
    assert xendit.payment(payment_id)["captures"][0]["capture_amount"] == 49_999
    told = app.wait_for(1)[0].body["data"]
    assert (told["request_amount"], told["captures"][0]["capture_amount"]) == (50_000, 49_999)


def test_two_payments_are_two_events(xendit: XenditClient, box: Box, app: Receiver) -> None:
    xendit.create("top_a")
    paid = box.pay("top_a", payments=2, times=3)
    assert len(set(paid["payment_ids"])) == 2
    told = app.wait_for(6)
    assert len({message.headers["webhook-id"] for message in told}) == 2
    assert {message.body["data"]["payment_id"] for message in told} == set(paid["payment_ids"])


def test_a_dropped_webhook_leaves_the_money_to_be_found(xendit: XenditClient, box: Box, app: Receiver) -> None:
    made = xendit.create("top_a")
    paid = box.pay("top_a", drop_webhook=True)
    assert (paid["status"], paid["deliveries"]) == ("SUCCEEDED", [])
    assert xendit.request(made["payment_request_id"])["latest_payment_id"] == paid["payment_ids"][0]
    assert app.told == []


def test_a_delay_holds_the_news_and_not_the_money(xendit: XenditClient, box: Box, app: Receiver) -> None:
    xendit.create("top_a")
    begun = time.perf_counter()
    paid = box.pay("top_a", delay_s=0.4)
    assert time.perf_counter() - begun >= 0.4
    assert app.told[0].arrived - begun >= 0.4
    assert paid["deliveries"][0]["status"] == 200


def test_failing_tells_the_reason(xendit: XenditClient, box: Box, app: Receiver) -> None:
    made = xendit.create("top_a", "DANA")
    failed = box.fail("top_a", code="INSUFFICIENT_BALANCE")
    assert failed["status"] == "FAILED"
    told = app.wait_for(1)[0].body
    assert told["event"] == "payment.failure"
    assert (told["data"]["status"], told["data"]["failure_code"]) == ("FAILED", "INSUFFICIENT_BALANCE")
    assert told["data"]["captures"] == []
    assert xendit.request(made["payment_request_id"])["failure_code"] == "INSUFFICIENT_BALANCE"


def test_a_failed_attempt_may_leave_the_code_open(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    assert box.fail("top_a", keep_open=True)["status"] == "REQUIRES_ACTION"
    assert box.pay("top_a")["status"] == "SUCCEEDED"


def test_expiring_tells_the_app(xendit: XenditClient, box: Box, app: Receiver) -> None:
    xendit.create("top_a")
    assert box.expire("top_a")["status"] == "EXPIRED"
    told = app.wait_for(1)[0].body
    assert (told["event"], told["data"]["status"]) == ("payment_request.expiry", "EXPIRED")
    assert told["data"]["reference_id"] == "top_a"


def test_late_money_arrives_and_the_request_stays_expired(xendit: XenditClient, box: Box) -> None:
    made = xendit.create("top_a")
    box.expire("top_a")
    assert box.call("POST", "/_sim/payments/top_a/pay").status == 409
    late = box.pay("top_a", after_expiry=True)
    assert late["status"] == "EXPIRED"
    assert xendit.payment(late["payment_ids"][0])["status"] == "SUCCEEDED"
    assert xendit.request(made["payment_request_id"])["latest_payment_id"] == late["payment_ids"][0]


def test_late_money_on_an_open_request_expires_it_first(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    assert box.pay("top_a", after_expiry=True)["status"] == "EXPIRED"


@pytest.mark.parametrize("end", ["pay", "fail", "expire"])
@pytest.mark.parametrize("act", ["pay", "fail", "expire"])
def test_what_is_over_cannot_be_done_again(xendit: XenditClient, box: Box, end: str, act: str) -> None:
    xendit.create("top_a")
    assert box.call("POST", f"/_sim/payments/top_a/{end}").status == 200
    before = box.payment("top_a")
    answer = box.call("POST", f"/_sim/payments/top_a/{act}", {})
    assert (answer.status, answer.body["error"]) == (409, "not_payable")
    assert box.payment("top_a") == before


@pytest.mark.parametrize("act", ["", "/pay", "/fail", "/expire"])
def test_an_unknown_reference_is_not_found(box: Box, act: str) -> None:
    assert box.call("POST" if act else "GET", f"/_sim/payments/top_unknown{act}").status == 404


@pytest.mark.parametrize(("act", "body"), CALLS_THAT_CHANGE_NOTHING, ids=str)
def test_a_wish_that_makes_no_sense_changes_nothing(xendit: XenditClient, box: Box, act: str, body: Any) -> None:
    xendit.create("top_a")
    assert box.call("POST", f"/_sim/payments/top_a/{act}", body).status == 400
    assert box.payment("top_a")["status"] == "REQUIRES_ACTION"


def test_a_stem_means_the_newest_open_attempt(xendit: XenditClient, box: Box) -> None:
    for attempt in (1, 2, 3):
        xendit.create(f"top_a~{attempt}")
    box.expire("top_a~3")
    assert box.payment("top_a")["reference"] == "top_a~2"
    assert box.pay("top_a")["reference"] == "top_a~2"
    assert box.payment("top_a")["reference"] == "top_a~1"


def test_an_attempt_sent_under_the_stem_itself_comes_first_while_it_is_open(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    xendit.create("top_a~2")
    assert box.payment("top_a")["reference"] == "top_a"
    box.fail("top_a")
    assert box.payment("top_a")["reference"] == "top_a~2"


def test_late_money_goes_to_the_attempt_that_ended(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    box.expire("top_a")
    xendit.create("top_a~2")
    assert box.pay("top_a", after_expiry=True)["reference"] == "top_a"


def test_health_says_who_it_is_and_what_time_it_is(box: Box) -> None:
    health = box.call("GET", "/_sim/health").body
    assert (health["ok"], health["schema"]) == (True, 1)
    assert health["now"].endswith("Z")


def test_all_payments_are_listed_newest_first(xendit: XenditClient, box: Box) -> None:
    for reference in ("top_a", "top_b"):
        xendit.create(reference)
    listed = box.call("GET", "/_sim/payments").body["payments"]
    assert listed == [box.payment("top_b"), box.payment("top_a")]


def test_reset_forgets_everything(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    box.switch(webhooks="drop")
    box.reset()
    assert box.call("GET", "/_sim/payments/top_a").status == 404
    assert box.call("GET", "/_sim/switches").body["webhooks"] == "deliver"


@pytest.mark.parametrize(
    "wish", [{"webhooks": "burn"}, {"copies": 0}, {"webhook_latency_ms": -1}, {"channels_down": ["BRI"]}, {"x": 1}]
)
def test_a_switch_that_does_not_exist_moves_nothing(box: Box, wish: dict[str, Any]) -> None:
    assert box.call("POST", "/_sim/switches", {"wrong_token": True, **wish}).status == 400
    assert box.call("GET", "/_sim/switches").body["wrong_token"] is False

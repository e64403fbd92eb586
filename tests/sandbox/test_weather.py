"""What a test may do to everybody at once: move the clock, order faults, hold, swap and repeat webhooks."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
import xendit as sdk

from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient

HOUR = 3_600


def now(box: Box) -> datetime:
    return datetime.fromisoformat(box.call("GET", "/_sim/clock").body["now"])


def test_the_clock_runs_by_itself_and_can_be_moved_ahead(box: Box) -> None:
    before = now(box)
    assert abs((before - datetime.now(UTC)).total_seconds()) < 5
    moved = box.advance(2 * HOUR)
    assert 2 * HOUR <= (now(box) - before).total_seconds() < 2 * HOUR + 30
    assert (moved["ahead_s"], moved["fired"], moved["next_due"]) == (2 * HOUR, 0, None)
    assert box.call("GET", "/_sim/health").body["now"] >= moved["now"]
    box.reset()
    assert abs((now(box) - datetime.now(UTC)).total_seconds()) < 5


@pytest.mark.parametrize("body", [{}, {"advance_s": -1}, {"advance_s": True}, {"advance_s": "1"}, {"advance_s": 1e9},
                                  {"advance_s": 1, "x": 2}], ids=str)  # fmt: skip
def test_a_step_that_makes_no_sense_moves_nothing(box: Box, body: Any) -> None:
    assert box.call("POST", "/_sim/clock", body).status == 400
    assert box.call("GET", "/_sim/clock").body["ahead_s"] == 0


def test_moving_the_clock_lets_each_thing_happen_at_its_own_time(xendit: XenditClient, box: Box, app: Receiver) -> None:
    app.status = 503
    xendit.create("top_bank", "BCA_VIRTUAL_ACCOUNT")
    xendit.create("top_wallet", "DANA")
    box.pay("top_bank")
    app.clear()
    app.status = 503
    assert box.advance(25 * HOUR)["fired"] >= 7
    arrived = [told.body["event"] for told in app.told]
    # Six retries of the payment up to 24 h; the wallet's request ends at 24 h and is told about once in this stretch.
    assert arrived.count("payment.capture") == 6
    assert arrived[:5] == ["payment.capture"] * 5
    assert box.payment("top_wallet")["status"] == "EXPIRED"
    spent = [datetime.fromisoformat(told.body["created"]) for told in app.told]
    assert (spent[-1] - spent[0]).total_seconds() >= 23 * HOUR


def test_what_was_accepted_by_then_is_not_told_again(xendit: XenditClient, box: Box, app: Receiver) -> None:
    app.status = 500
    xendit.create("top_a")
    box.pay("top_a")
    assert [told["event"] for told in box.call("GET", "/_sim/webhooks").body["unheard"]] == ["payment.capture"]
    app.status = 200
    box.advance(HOUR)
    assert len(app.told) == 2
    box.advance(30 * HOUR)
    assert len(app.told) == 2
    assert box.call("GET", "/_sim/webhooks").body["unheard"] == []


def test_a_fault_meets_its_call_as_often_as_it_was_ordered(xendit: XenditClient, box: Box) -> None:
    made = xendit.create("top_a")["payment_request_id"]
    assert box.fault("500", "status", times=2) == {
        "faults": [{"gateway": "xendit", "call": "status", "fault": "500", "times": 2}]
    }
    xendit.create("top_b")
    for _ in range(2):
        with pytest.raises(sdk.XenditSdkException):
            xendit.request(made)
    assert xendit.request(made)["status"] == "REQUIRES_ACTION"
    assert box.call("GET", "/_sim/faults").body == {"faults": []}


def test_a_fault_may_last_until_it_is_taken_away(xendit: XenditClient, box: Box) -> None:
    box.fault("empty_503", "create", times=None)
    for _ in range(3):
        with pytest.raises(Exception, match="Expecting value"):
            xendit.create("top_a")
    box.no_faults()
    assert xendit.create("top_a")["status"] == "REQUIRES_ACTION"


def test_a_slow_gateway_is_slow_and_right(xendit: XenditClient, box: Box) -> None:
    box.fault("slow", "create", ms=300)
    box.fault("429", "create")
    begun = time.perf_counter()
    with pytest.raises(sdk.XenditSdkException):
        xendit.create("top_a")
    assert time.perf_counter() - begun >= 0.3
    assert xendit.create("top_a")["status"] == "REQUIRES_ACTION"


def test_the_health_check_fails_when_it_is_named(xendit: XenditClient, box: Box) -> None:
    box.fault("500", "balance")
    with pytest.raises(sdk.XenditSdkException):
        xendit.call("GET", "/balance")


@pytest.mark.parametrize(
    "wish",
    [{"fault": "flood"}, {"gateway": "stripe"}, {"call": "dance"}, {"times": 0}, {"times": True}, {"ms": -1},
     {"gateway": "resend", "call": "create"}, {"until": "dawn"}],
    ids=str,
)  # fmt: skip
def test_a_fault_that_does_not_exist_is_refused(box: Box, wish: dict[str, Any]) -> None:
    assert box.call("POST", "/_sim/faults", {"fault": "500", **wish}).status == 400
    assert box.call("GET", "/_sim/faults").body == {"faults": []}


def test_held_webhooks_go_out_in_order_when_they_are_let_go(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.switch(webhooks="hold")
    for reference in ("top_a", "top_b"):
        xendit.create(reference)
        assert box.pay(reference)["deliveries"] == []
    assert [each["reference"] for each in box.held()] == ["top_a", "top_b"]
    assert app.told == []
    assert box.deliver() == {"delivered": 2}
    assert [told.body["data"]["reference_id"] for told in app.told] == ["top_a", "top_b"]
    assert box.held() == []


def test_events_are_delivered_in_any_order_and_as_often_as_named(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.switch(webhooks="hold")
    xendit.create("top_a")
    box.fail("top_a", keep_open=True)
    box.pay("top_a")
    declined, paid = (each["event_id"] for each in box.held())
    assert box.deliver(paid, declined, paid) == {"delivered": 3}
    assert [told.headers["webhook-id"] for told in app.told] == [paid, declined, paid]
    assert box.call("POST", "/_sim/webhooks/deliver", {"event_ids": ["unknown"]}).status == 400


def test_of_two_webhooks_in_a_row_the_second_may_arrive_first(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.switch(reorder=True)
    for reference in ("top_a", "top_b", "top_c"):
        xendit.create(reference)
        box.pay(reference)
    app.wait_for(3)  # the third has nothing to be overtaken by: it goes out after two seconds
    assert [told.body["data"]["reference_id"] for told in app.told] == ["top_b", "top_a", "top_c"]


def test_copies_and_latency_hold_for_every_webhook(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.switch(copies=3, webhook_latency_ms=200)
    xendit.create("top_a")
    begun = time.perf_counter()
    box.pay("top_a", times=2)
    assert len(app.told) == 6
    assert app.told[0].arrived - begun >= 0.2
    assert len({told.headers["webhook-id"] for told in app.told}) == 1


@pytest.mark.parametrize("topic", ["payment", "payment_request", "session", "refund", "invoice", "qr"])
def test_the_dashboards_test_event_names_nothing_that_exists(box: Box, app: Receiver, topic: str) -> None:
    told = box.call("POST", "/_sim/webhooks/test", {"topic": topic}).body
    assert (told["saved"], told["status"]) == (True, 200)
    assert "testing_id_123" in str(app.told[0].body)


def test_an_address_that_refuses_the_test_event_cannot_be_saved(box: Box, app: Receiver) -> None:
    app.status = 404
    told = box.call("POST", "/_sim/webhooks/test", {}).body
    assert (told["event"], told["saved"], told["status"]) == ("payment.capture", False, 404)
    assert box.call("POST", "/_sim/webhooks/test", {"topic": "weather"}).status == 400

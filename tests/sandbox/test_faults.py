"""Accidents on order, as the real SDK meets them."""

import json
from typing import Any

import pytest
import urllib3
import xendit as sdk

from tests.live_sandbox import Box, running_sandbox
from tests.sandbox.xendit_client import XenditClient


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", sdk.XenditSdkException),
        ("429", sdk.XenditSdkException),
        ("html_502", json.JSONDecodeError),
        ("empty_503", json.JSONDecodeError),
    ],
)
def test_the_next_call_fails_once_and_makes_nothing(xendit: XenditClient, box: Box, fault: str, error: Any) -> None:
    box.fault(fault)
    with pytest.raises(error):
        xendit.create("top_a")
    assert box.call("GET", "/_sim/payments/top_a").status == 404
    assert xendit.create("top_a")["status"] == "REQUIRES_ACTION"


def test_the_health_check_does_not_use_up_the_fault(xendit: XenditClient, box: Box) -> None:
    box.fault("500")
    assert xendit.call("GET", "/balance")["balance"] > 0
    with pytest.raises(sdk.XenditSdkException):
        xendit.create("top_a")


def test_a_call_that_breaks_off_has_done_its_work(xendit: XenditClient, box: Box) -> None:
    box.fault("connection_reset")
    with pytest.raises(urllib3.exceptions.HTTPError):
        xendit.create("top_a")
    assert box.payment("top_a")["status"] == "REQUIRES_ACTION"


def test_a_call_that_hangs_after_its_work_leaves_a_payable_request(xendit: XenditClient, box: Box) -> None:
    box.fault("timeout_after_commit")
    with pytest.raises(urllib3.exceptions.HTTPError):
        xendit.call("POST", "/v3/payment_requests", _order("top_a"), timeout=(3, 0.3))
    assert box.pay("top_a")["status"] == "SUCCEEDED"


def test_a_call_that_hangs_before_its_work_leaves_nothing(xendit: XenditClient, box: Box) -> None:
    box.fault("timeout")
    with pytest.raises(urllib3.exceptions.HTTPError):
        xendit.call("POST", "/v3/payment_requests", _order("top_b"), timeout=(3, 0.3))
    assert box.call("GET", "/_sim/payments/top_b").status == 404


def test_a_channel_that_is_down_says_so_and_others_work(xendit: XenditClient, box: Box) -> None:
    box.switch(channels_down=["QRIS"])
    with pytest.raises(sdk.XenditSdkException) as caught:
        xendit.create("top_a")
    assert (int(caught.value.status), caught.value.errorCode) == (503, "CHANNEL_UNAVAILABLE")
    assert xendit.create("top_a", "BCA_VIRTUAL_ACCOUNT")["status"] == "REQUIRES_ACTION"


def test_more_calls_than_allowed_are_refused_with_the_limit_in_the_headers() -> None:
    with running_sandbox(calls_per_minute=3) as strict:
        client = XenditClient(strict.xendit_url)
        with pytest.raises(sdk.XenditSdkException) as caught:
            _create_many(client, 8)  # more than two minutes' worth, because a minute may turn over in between
        assert (int(caught.value.status), caught.value.errorCode) == (429, "RATE_LIMIT_EXCEEDED")


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"request_amount": NaN}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_an_object_is_refused(box: Box, raw: bytes) -> None:
    answer = urllib3.request(
        "POST",
        f"{box.xendit_url}/v3/payment_requests",
        body=raw,
        headers={**urllib3.make_headers(basic_auth="xnd_development_x:"), "api-version": "2024-11-11"},
    )
    assert (answer.status, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


def _order(reference: str) -> dict[str, Any]:
    return {
        "reference_id": reference,
        "type": "PAY",
        "country": "ID",
        "currency": "IDR",
        "request_amount": 50_000,
        "channel_code": "QRIS",
        "channel_properties": {},
    }


def _create_many(client: XenditClient, count: int) -> None:
    for number in range(count):
        client.create(f"top_{number}")

"""The Xendit adapter against answers as published: odd amounts, missing parts, foreign states, broken bodies."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from billing_ui.gateways.xendit import XenditGateway
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayRejected, GatewayUnavailable
from tests.contracts.intents import intent
from tests.contracts.recorded import Recorded, recorded

REQUEST_ID = "pr-90392f42-d98a-49ef-a7f3-abcezas123"
REQUEST = f"GET /v3/payment_requests/{REQUEST_ID}"
CREATE = "POST /v3/payment_requests"
MOMENT = "2026-11-20T10:00:00Z"


@pytest.fixture
def server() -> Iterator[Recorded]:
    with recorded() as gateway:
        yield gateway


@pytest.fixture
def gateway(server: Recorded) -> XenditGateway:
    return XenditGateway("xnd_development_k", server.url, ("t",), timeout_s=(1.0, 2.0))


def request(**changes: Any) -> dict[str, Any]:
    answer = {
        "payment_request_id": REQUEST_ID, "business_id": "b1", "reference_id": "top_1", "type": "PAY",
        "country": "ID", "currency": "IDR", "request_amount": 50000, "capture_method": "AUTOMATIC",
        "channel_code": "QRIS", "channel_properties": {}, "status": "REQUIRES_ACTION",
        "actions": [{"type": "PRESENT_TO_CUSTOMER", "descriptor": "QR_STRING", "value": "some-random-qr-string"}],
        "created": MOMENT, "updated": MOMENT,
    }  # fmt: skip
    return {**answer, **changes}


def payment(**changes: Any) -> dict[str, Any]:
    answer = {
        "payment_id": "py-1", "payment_request_id": REQUEST_ID, "reference_id": "top_1", "type": "PAY",
        "currency": "IDR", "request_amount": 50000, "channel_code": "QRIS", "status": "SUCCEEDED",
        "captures": [{"capture_id": "cptr-1", "capture_amount": 50000, "capture_timestamp": MOMENT}],
        "created": MOMENT, "updated": MOMENT,
    }  # fmt: skip
    return {**answer, **changes}


def paid(server: Recorded, **changes: Any) -> None:
    server.on(REQUEST, request(status="SUCCEEDED", latest_payment_id="py-1"))
    server.on("GET /v3/payments/py-1", payment(**changes))


def test_what_goes_out_is_what_the_documentation_asks_for(server: Recorded, gateway: XenditGateway) -> None:
    server.on(CREATE, request(), 201)
    gateway.create(intent(description="  Isi \n ulang  "))
    (asked,) = server.asked
    assert asked.body == {
        "reference_id": "top_1", "type": "PAY", "country": "ID", "currency": "IDR", "request_amount": 50000,
        "capture_method": "AUTOMATIC", "channel_code": "QRIS", "channel_properties": {}, "description": "Isi ulang",
    }  # fmt: skip
    assert asked.headers["api-version"] == "2024-11-11"
    assert asked.headers["idempotency-key"] == "top_1"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"xnd_development_k:").decode()


def test_a_virtual_account_is_asked_with_a_plain_name_and_our_deadline(
    server: Recorded, gateway: XenditGateway
) -> None:
    number = [{"type": "PRESENT_TO_CUSTOMER", "descriptor": "VIRTUAL_ACCOUNT_NUMBER", "value": " 8808123 "}]
    server.on(CREATE, request(actions=number), 201)
    deadline = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    created = gateway.create(intent("VA_BCA", customer_name="Zoë  Müller <b>", expires_at=deadline))
    assert created.instruction.value == "8808123"
    assert server.asked[0].body["channel_code"] == "BCA_VIRTUAL_ACCOUNT"
    assert server.asked[0].body["channel_properties"] == {
        "display_name": "Zoe Muller b", "expires_at": "2026-11-21T03:00:00.000Z",
    }  # fmt: skip


def test_a_push_is_asked_with_the_phone_under_the_name_this_deployment_gives_it(server: Recorded) -> None:
    server.on(CREATE, request(actions=[]), 201)
    server.on(CREATE, request(actions=[]), 201)
    asked = intent("OVO", payer_phone="+6281234567890", return_url="https://billing.example/pay/1/")
    for fields in ({}, {"OVO": "mobile_number"}):
        XenditGateway("xnd_development_k", server.url, ("token",), phone_fields=fields).create(asked)
    assert [one.body["channel_properties"] for one in server.asked] == [
        {"account_mobile_number": "+6281234567890"},
        {"mobile_number": "+6281234567890"},
    ]


@pytest.mark.parametrize(
    ("url", "sent"),
    [("https://billing.example/pay/1/", True), ("http://127.0.0.1:3000/pay/1/", False), ("https://a", False),
     ("https://" + "a" * 250, False), (None, False)],
)  # fmt: skip
def test_a_return_address_goes_out_only_where_the_gateway_takes_it(
    server: Recorded, gateway: XenditGateway, url: str | None, sent: bool
) -> None:
    link = [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": "https://wallet.example/1"}]
    server.on(CREATE, request(actions=link), 201)
    gateway.create(intent("DANA", return_url=url))
    assert ("success_return_url" in server.asked[0].body["channel_properties"]) is sent


@pytest.mark.parametrize("value", ["javascript:alert(1)", "data:text/html,x", "not an address"])
def test_an_address_that_would_run_is_never_shown(server: Recorded, gateway: XenditGateway, value: str) -> None:
    actions = [{"descriptor": "WEB_URL", "value": value}, {"descriptor": "DEEPLINK_URL", "value": value}]
    server.on(CREATE, request(actions=actions), 201)
    with pytest.raises(GatewayUnavailable, match="NOTHING_TO_OPEN"):
        gateway.create(intent("DANA"))


def test_the_test_mode_qr_that_is_no_qris_at_all_is_shown(server: Recorded, gateway: XenditGateway) -> None:
    server.on(CREATE, request(), 201)
    assert gateway.create(intent()).instruction.value == "some-random-qr-string"


@pytest.mark.parametrize(
    "answer",
    [
        request(payment_request_id=None), request(payment_request_id="../x"), request(actions=[]),
        request(actions=None), request(actions=[{"descriptor": "QR_STRING", "value": None}]),
        request(request_amount=5000), request(reference_id="top_2"), [], None, b"", b"<html>", b'{"a": NaN}',
        b"\xff", b"[" * 5000,
    ],
    ids=lambda answer: str(answer)[:60],
)  # fmt: skip
def test_an_answer_that_cannot_be_shown_leaves_the_outcome_unknown(
    server: Recorded, gateway: XenditGateway, answer: Any
) -> None:
    server.on(CREATE, answer, 201)
    with pytest.raises(GatewayUnavailable):
        gateway.create(intent())


def test_a_request_born_failed_is_rejected_with_its_reason(server: Recorded, gateway: XenditGateway) -> None:
    server.on(CREATE, request(status="FAILED", failure_code="CHANNEL_UNAVAILABLE "), 201)
    with pytest.raises(GatewayRejected) as refused:
        gateway.create(intent())
    assert refused.value.facts == {"reason": "CHANNEL_UNAVAILABLE"}


@pytest.mark.parametrize(
    ("status", "body", "error", "reason"),
    [
        (400, {"error_code": "API_VALIDATION_ERROR", "message": "m"}, GatewayRejected, "API_VALIDATION_ERROR"),
        (403, {"error_code": "INVALID_MERCHANT_SETTINGS"}, GatewayRejected, "INVALID_MERCHANT_SETTINGS"),
        (400, {"error_code": "<b>odd</b>"}, GatewayRejected, "HTTP_400"),
        (404, {}, GatewayRejected, "HTTP_404"),
        (429, {"error_code": "RATE_LIMIT_EXCEEDED"}, GatewayRejected, "RATE_LIMIT_EXCEEDED"),
        (409, {"error_code": "DATA_NOT_FOUND"}, GatewayUnavailable, "DATA_NOT_FOUND"),
        (409, {"error_code": "ACCOUNT_ALREADY_LINKED"}, GatewayRejected, "ACCOUNT_ALREADY_LINKED"),
        (408, {}, GatewayUnavailable, "HTTP_408"),
        (500, {"error_code": "SERVER_ERROR"}, GatewayUnavailable, "SERVER_ERROR"),
        (302, {}, GatewayUnavailable, "HTTP_302"),
        (502, b"<html>", GatewayUnavailable, "JSONDecodeError"),
        (400, b"<html>", GatewayUnavailable, "JSONDecodeError"),
        (400, b"7", GatewayUnavailable, "TypeError"),
        (503, b"", GatewayUnavailable, "JSONDecodeError"),
        (500, b"\xff", GatewayUnavailable, "UnicodeDecodeError"),
    ],
)
def test_each_refusal_is_folded_into_one_of_two(
    server: Recorded, gateway: XenditGateway, status: int, body: Any, error: type[Exception], reason: str
) -> None:
    server.on(CREATE, body, status)
    with pytest.raises((GatewayRejected, GatewayUnavailable)) as refused:
        gateway.create(intent())
    assert type(refused.value) is error
    assert refused.value.facts == {"reason": reason}
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("told", "state"),
    [("ACCEPTING_PAYMENTS", "open"), ("REQUIRES_ACTION", "open"), ("PENDING", "open"), ("AUTHORIZED", "open"),
     ("SUCCEEDED", "paid"), ("FAILED", "failed"), ("EXPIRED", "expired"), ("CANCELED", "canceled"),
     ("CANCELLED", "canceled"), ("SOMETHING_NEW", "unknown"), (None, "unknown"), (7, "unknown")],
)  # fmt: skip
def test_each_state_of_theirs_is_one_of_ours(server: Recorded, gateway: XenditGateway, told: Any, state: str) -> None:
    server.on(REQUEST, request(status=told))
    assert gateway.status(REQUEST_ID).state == state


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, 50_000),
        ({"captures": [{"capture_amount": "50000.00"}]}, 50_000),
        ({"captures": [{"capture_amount": 20000}, {"capture_amount": 30000.0}]}, 50_000),
        ({"captures": None}, 50_000),
        ({"captures": [], "request_amount": "50000"}, 50_000),
        ({"captures": [{"capture_amount": 40000}], "request_amount": 50000}, 40_000),
    ],
)
def test_captured_money_is_counted_before_requested_money(
    server: Recorded, gateway: XenditGateway, changes: dict[str, Any], amount: int
) -> None:
    paid(server, **changes)
    (capture,) = gateway.status(REQUEST_ID).captures
    assert capture.amount == Amount(amount, "IDR")
    assert capture.captured_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_a_foreign_currency_is_told_not_hidden(server: Recorded, gateway: XenditGateway) -> None:
    paid(server, currency="php")
    assert gateway.status(REQUEST_ID).captures[0].amount == Amount(50_000, "PHP")


@pytest.mark.parametrize("status", ["PENDING", "AUTHORIZED", "FAILED", "EXPIRED", "CANCELED", None])
def test_a_payment_that_did_not_succeed_is_no_money(server: Recorded, gateway: XenditGateway, status: Any) -> None:
    paid(server, status=status)
    assert gateway.status(REQUEST_ID).captures == ()


@pytest.mark.parametrize(
    "changes",
    [{"captures": [{"capture_amount": "50000.5"}]}, {"captures": [{"capture_amount": True}]},
     {"captures": [{"capture_amount": -1}]}, {"captures": [{"capture_amount": 50000}, {"capture_amount": None}]},
     {"captures": None, "request_amount": None}, {"currency": None}],
)  # fmt: skip
def test_money_that_cannot_be_read_is_never_passed_off_as_none(
    server: Recorded, gateway: XenditGateway, changes: dict[str, Any]
) -> None:
    paid(server, **changes)
    with pytest.raises(GatewayUnavailable, match="UNREADABLE_AMOUNT"):
        gateway.status(REQUEST_ID)


def test_the_latest_payment_must_be_readable_but_a_named_one_may_be_a_lie(
    server: Recorded, gateway: XenditGateway
) -> None:
    server.on(REQUEST, request(status="SUCCEEDED", latest_payment_id="py-1"))
    with pytest.raises(GatewayUnavailable):
        gateway.status(REQUEST_ID)
    server.on("GET /v3/payments/py-1", payment())
    assert len(gateway.status(REQUEST_ID, ("py-lie", "py-1")).captures) == 1


def test_an_answer_about_another_request_is_not_believed(server: Recorded, gateway: XenditGateway) -> None:
    server.on(REQUEST, request(payment_request_id="pr-other"))
    with pytest.raises(GatewayUnavailable):
        gateway.status(REQUEST_ID)


def test_the_failure_of_the_payment_explains_a_request_without_one(server: Recorded, gateway: XenditGateway) -> None:
    server.on(REQUEST, request(status="FAILED", latest_payment_id="py-1"))
    server.on("GET /v3/payments/py-1", payment(status="FAILED", failure_code="USER_DECLINED_PAYMENT"))
    assert gateway.status(REQUEST_ID).failure_code == "USER_DECLINED_PAYMENT"

"""The older generations: v2 and invoices through the real typed SDK, sessions, customers, and their webhooks."""

from datetime import timedelta
from typing import Any

import pytest
import xendit as sdk
from xendit.apis import CustomerApi, InvoiceApi, PaymentRequestApi

from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient

QR = {"type": "QR_CODE", "reusability": "ONE_TIME_USE", "qr_code": {"channel_code": "QRIS"}}
BANK = {
    "type": "VIRTUAL_ACCOUNT",
    "reusability": "ONE_TIME_USE",
    "virtual_account": {"channel_code": "BNI", "channel_properties": {"customer_name": "Budi"}},
}
WALLET = {
    "type": "EWALLET",
    "reusability": "ONE_TIME_USE",
    "ewallet": {"channel_code": "DANA", "channel_properties": {"success_return_url": "https://shop.test/a"}},
}
SESSION = {
    "reference_id": "top_s",
    "session_type": "PAY",
    "mode": "PAYMENT_LINK",
    "amount": 50_000,
    "currency": "IDR",
    "country": "ID",
}


def refusal(act: Any) -> tuple[int, str]:
    with pytest.raises(sdk.XenditSdkException) as caught:
        act()
    return int(caught.value.status), str(caught.value.errorCode)


def create_v2(xendit: XenditClient, method: dict[str, Any], reference: str = "top_2", key: str = "") -> Any:
    body = {"reference_id": reference, "amount": 50_000.0, "currency": "IDR", "payment_method": method}
    return PaymentRequestApi(xendit.client).create_payment_request(
        idempotency_key=key or reference, payment_request_parameters=body
    )


@pytest.mark.parametrize("method", [QR, BANK, WALLET], ids=lambda method: method["type"])
def test_the_typed_v2_calls_ask_read_and_list(xendit: XenditClient, method: dict[str, Any]) -> None:
    api = PaymentRequestApi(xendit.client)
    made = create_v2(xendit, method)
    assert create_v2(xendit, method).id == made.id
    assert str(made.payment_method.type) == method["type"]
    assert str(api.get_payment_request_by_id(payment_request_id=made.id).status) in {"PENDING", "REQUIRES_ACTION"}
    assert [each.id for each in api.get_all_payment_requests(reference_id=["top_2"]).data] == [made.id]
    assert api.get_all_payment_requests(reference_id=["top_x"]).data == []


def test_a_v2_payment_is_told_in_v2_and_its_method_expires_right_after(
    xendit: XenditClient, box: Box, app: Receiver
) -> None:
    made = create_v2(xendit, BANK)
    answer = PaymentRequestApi(xendit.client).simulate_payment_request_payment(payment_request_id=made.id)
    assert answer.status == "PENDING"
    told = {message.body["event"]: message.body for message in app.wait_for(2)}
    payment, method = told["payment.succeeded"], told["payment_method.expired"]
    assert "api_version" not in payment
    assert [payment["data"]["id"]] == box.payment("top_2")["payment_ids"]
    assert (payment["data"]["amount"], payment["data"]["payment_request_id"]) == (50_000, made.id)
    assert method["data"]["id"] == made.payment_method.id
    assert not {"payment_request_id", "amount"} & method["data"].keys()
    assert xendit.payment(payment["data"]["id"])["status"] == "SUCCEEDED"


def test_a_wallet_that_v2_never_had_is_refused(xendit: XenditClient) -> None:
    body = {**WALLET, "ewallet": {"channel_code": "GOPAY"}}
    order = {"reference_id": "top_2", "amount": 50_000, "currency": "IDR", "payment_method": body}
    assert refusal(lambda: xendit.call("POST", "/payment_requests", order)) == (400, "API_VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("mode", "events"),
    [("v3", {"payment.capture"}), ("v2", {"payment.succeeded", "payment_method.expired"}), ("invoice", {None})],
)
def test_a_v3_payment_is_told_in_the_generation_of_the_mode(
    xendit: XenditClient, box: Box, app: Receiver, mode: str, events: set[str | None]
) -> None:
    assert box.mode(webhooks=mode)["webhooks"] == mode
    xendit.create("top_a", "DANA")
    [payment_id] = box.pay("top_a")["payment_ids"]
    assert {told.body.get("event") for told in app.wait_for(len(events))} == events
    if mode == "invoice":
        told = app.told[0].body
        assert (told["external_id"], told["status"], told["paid_amount"]) == ("top_a", "PAID", 50_000)
        assert told["payment_id"] == payment_id


@pytest.mark.parametrize(
    ("mode", "end", "event"),
    [("v2", "fail", "payment.failed"), ("v2", "expire", "payment_method.expired"), ("invoice", "expire", None)],
)
def test_failure_and_expiry_have_their_older_shapes_too(
    xendit: XenditClient, box: Box, app: Receiver, mode: str, end: str, event: str | None
) -> None:
    box.mode(webhooks=mode)
    xendit.create("top_a")
    box.call("POST", f"/_sim/payments/top_a/{end}", {})
    assert app.wait_for(1)[0].body.get("event") == event


def test_an_invoice_says_nothing_of_a_declined_attempt(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.mode(webhooks="invoice")
    xendit.create("top_a")
    assert box.fail("top_a")["deliveries"] == []
    assert app.told == []


def test_mixed_news_come_in_every_generation(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.mode(webhooks="mixed")
    for number in range(24):
        xendit.create(f"top_{number}")
        box.pay(f"top_{number}")
    assert {told.body.get("event") for told in app.told} == {
        "payment.capture", "payment.succeeded", "payment_method.expired", None
    }  # fmt: skip


def test_the_end_of_a_request_is_told_under_either_name(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.mode(expiry="payment_request.expired", request_events=True)
    for reference, act in (("top_a", box.expire), ("top_b", box.pay), ("top_c", box.fail)):
        xendit.create(reference, "DANA")
        act(reference)
    told = {message.body["event"] for message in app.wait_for(5)}
    assert told == {"payment_request.expired", "payment.capture", "payment_request.succeeded", "payment.failure",
                    "payment_request.failed"}  # fmt: skip


@pytest.mark.parametrize("wish", [{"webhooks": "v4"}, {"refund_after_s": -1}, {"request_events": 1}, {"x": "y"}])
def test_a_mode_that_does_not_exist_changes_nothing(box: Box, wish: dict[str, Any]) -> None:
    assert box.call("POST", "/_sim/modes", {"refunds": "nested", **wish}).status == 400
    assert box.call("GET", "/_sim/modes").body["refunds"] == "flat"


def test_the_typed_invoice_calls_make_read_list_and_expire(xendit: XenditClient, app: Receiver) -> None:
    api = InvoiceApi(xendit.client)
    body = {"external_id": "top_i", "amount": 50_000.0, "description": "500.000 token", "invoice_duration": 3600.0}
    made = api.create_invoice(create_invoice_request=body)
    assert (made.external_id, str(made.status), made.amount) == ("top_i", "PENDING", 50_000)
    assert made.expiry_date - made.created == timedelta(hours=1)
    assert {str(bank.bank_code) for bank in made.available_banks} >= {"BCA", "BNI", "MANDIRI"}
    assert api.get_invoice_by_id(invoice_id=made.id).invoice_url == made.invoice_url
    assert [each.id for each in api.get_invoices(external_id="top_i")] == [made.id]
    assert str(api.expire_invoice(invoice_id=made.id).status) == "EXPIRED"
    assert app.wait_for(1)[0].body["status"] == "EXPIRED"
    assert "event" not in app.told[0].body


@pytest.mark.parametrize(("channel", "names_its_payment"), [("DANA", True), ("BCA_VIRTUAL_ACCOUNT", False)])
def test_an_invoice_that_is_paid_is_told_flat(
    xendit: XenditClient, box: Box, app: Receiver, channel: str, names_its_payment: bool
) -> None:
    body = {"external_id": "top_i", "amount": 50_000}
    made = xendit.call("POST", "/v2/invoices/", body)
    assert box.pay_checkout("top_i", channel=channel, amount=40_000)["status"] == "PAID"
    told = app.wait_for(1)[0].body
    assert (told["id"], told["status"], told["amount"], told["paid_amount"]) == (made["id"], "PAID", 50_000, 40_000)
    assert ("payment_id" in told) is names_its_payment
    assert ("bank_code" in told) is not names_its_payment
    assert box.call("POST", "/_sim/checkouts/top_i/pay", {}).status == 409


def test_a_session_leads_to_a_payment_and_is_told_twice(xendit: XenditClient, box: Box, app: Receiver) -> None:
    made = xendit.call("POST", "/sessions", {**SESSION, "allowed_payment_channels": ["QRIS", "DANA"]})
    assert len(made["payment_session_id"]) == 27
    assert (made["status"], made["payment_link_url"]) == ("ACTIVE", f"{box.url}/checkout/{made['payment_session_id']}")
    assert box.call("POST", "/_sim/checkouts/top_s/pay", {"channel": "OVO"}).status == 409
    done = box.pay_checkout("top_s", channel="DANA")
    assert done["status"] == "COMPLETED"
    told = {message.body["event"]: message.body["data"] for message in app.wait_for(2)}
    assert told["payment.capture"]["payment_id"] == told["payment_session.completed"]["payment_id"]
    assert xendit.call("GET", f"/sessions/{made['payment_session_id']}") == done
    assert xendit.payment(done["payment_id"])["payment_request_id"] == done["payment_request_id"]


def test_a_session_ends_by_itself_or_by_the_app(xendit: XenditClient, box: Box, app: Receiver) -> None:
    xendit.call("POST", "/sessions", SESSION)
    other = xendit.call("POST", "/sessions", {**SESSION, "reference_id": "top_t"})
    path = f"/sessions/{other['payment_session_id']}/cancel"
    assert xendit.call("POST", path)["status"] == "CANCELED"
    assert refusal(lambda: xendit.call("POST", path)) == (400, "INELIGIBLE_TRANSACTION_STATUS")
    box.advance(1_801)
    assert [told.body["event"] for told in app.told] == ["payment_session.expired"]
    assert box.call("GET", "/_sim/checkouts/top_s").body["status"] == "EXPIRED"
    assert box.call("GET", "/_sim/checkouts/unknown").status == 404


@pytest.mark.parametrize("change", [{"mode": "X"}, {"amount": 0.5}, {"amount": None}, {"country": "SG"},
                                    {"expires_at": "soon"}, {"reference_id": ""}], ids=str)  # fmt: skip
def test_a_session_that_makes_no_sense_is_refused(xendit: XenditClient, change: dict[str, Any]) -> None:
    assert refusal(lambda: xendit.call("POST", "/sessions", {**SESSION, **change})) == (400, "API_VALIDATION_ERROR")


def test_the_typed_customer_calls_make_and_find(xendit: XenditClient) -> None:
    api = CustomerApi(xendit.client)
    body = {"reference_id": "user_1", "type": "INDIVIDUAL", "individual_detail": {"given_names": "Budi"},
            "email": "budi@b.test"}  # fmt: skip
    made = api.create_customer(idempotency_key="user_1", customer_request=body)
    assert api.get_customer(id=made.id).email == "budi@b.test"
    assert [each.id for each in api.get_customer_by_reference_id(reference_id="user_1").data] == [made.id]
    assert refusal(lambda: xendit.call("POST", "/customers", body)) == (409, "DUPLICATE_ERROR")

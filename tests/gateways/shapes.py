"""One webhook of every shape Xendit is known to send, written from its field tables. Not verbatim samples."""

from typing import Any, NamedTuple

MOMENT = "2026-11-20T10:00:00.000Z"


class Shape(NamedTuple):
    """A body, and what must be read out of it."""

    name: str
    body: dict[str, Any]
    event: str
    request_id: str | None
    payment_id: str | None
    reference: str | None
    claims: str
    detail: dict[str, str]


def v3_payment(event: str, status: str, **changes: Any) -> dict[str, Any]:
    data = {
        "payment_id": "py-1", "business_id": "b1", "payment_request_id": "pr-1", "reference_id": "top_1~2",
        "type": "PAY", "country": "ID", "currency": "IDR", "request_amount": 50000, "capture_method": "AUTOMATIC",
        "channel_code": "QRIS", "channel_properties": {}, "status": status, "payment_details": {},
        "captures": [{"capture_id": "cptr-1", "capture_amount": 50000, "capture_timestamp": MOMENT}],
        "created": MOMENT, "updated": MOMENT,
    }  # fmt: skip
    return {"event": event, "business_id": "b1", "created": MOMENT, "api_version": "v3", "data": {**data, **changes}}


def v2_payment(event: str, status: str, **changes: Any) -> dict[str, Any]:
    data = {
        "id": "ddpy-1", "amount": 50000, "status": status, "country": "ID", "currency": "IDR", "created": MOMENT,
        "updated": MOMENT, "payment_request_id": "pr-1", "reference_id": "top_1",
        "payment_detail": {"receipt_id": "1", "source": "GOPAY"},
        "payment_method": {"id": "pm-1", "type": "QR_CODE", "reusability": "ONE_TIME_USE", "status": "EXPIRED",
                           "reference_id": "pmref", "qr_code": {"channel_code": "QRIS"}},
    }  # fmt: skip
    return {"event": event, "business_id": "b1", "created": MOMENT, "api_version": None, "data": {**data, **changes}}


def payment_method(event: str, status: str) -> dict[str, Any]:
    data = {
        "id": "pm-1", "type": "VIRTUAL_ACCOUNT", "status": status, "reusability": "ONE_TIME_USE", "country": "ID",
        "reference_id": None, "created": MOMENT, "updated": MOMENT,
        "virtual_account": {"channel_code": "BCA", "amount": 50000, "currency": "IDR"},
    }  # fmt: skip
    return {"event": event, "business_id": "b1", "created": MOMENT, "data": data}


def session(event: str, status: str, **changes: Any) -> dict[str, Any]:
    data = {
        "payment_session_id": "ps-1", "reference_id": "top_1", "customer_id": "cust-1", "session_type": "PAY",
        "mode": "PAYMENT_LINK", "currency": "IDR", "amount": 50000, "country": "ID", "expires_at": MOMENT,
        "status": status, "payment_link_url": "https://pay.example/1", "created": MOMENT, "updated": MOMENT,
    }  # fmt: skip
    return {"event": event, "business_id": "b1", "created": MOMENT, "data": {**data, **changes}}


REFUND = {
    "id": "rfd-1", "payment_id": "py-1", "payment_request_id": "pr-1", "invoice_id": None, "amount": 20000,
    "payment_method_type": "QR_CODE", "channel_code": "QRIS", "currency": "IDR", "status": "SUCCEEDED",
    "reason": "REQUESTED_BY_CUSTOMER", "reference_id": "rfd_ours", "created": MOMENT, "updated": MOMENT,
}  # fmt: skip
DISPUTE = {
    "event": "dispute.won", "id": "mi-dspt-1", "channel_code": "CARDS", "card_brands": ["VISA"], "status": "WON",
    "currency": "IDR", "amount": {"initial": "50000", "terminal": None}, "created_at": MOMENT, "updated_at": MOMENT,
    "due_date": MOMENT, "note": "", "related_disputes": [], "category": "FRAUD", "payment_id": "py-1",
    "reference_id": "top_1",
}  # fmt: skip
INVOICE = {
    "id": "64b0a5d3c1e2f40718293a4b", "external_id": "top_1", "user_id": "u1", "status": "PAID", "amount": 50000,
    "paid_amount": 50000, "paid_at": MOMENT, "currency": "IDR", "is_high": False, "merchant_name": "Toko",
    "payment_method": "BANK_TRANSFER", "payment_channel": "BCA", "bank_code": "BCA", "description": "Isi ulang",
    "created": MOMENT, "updated": MOMENT,
}  # fmt: skip
QR_PAYMENT = {
    "event": "qr.payment", "business_id": "b1", "created": MOMENT,
    "data": {"id": "qrpy_1", "qr_id": "qr_1", "qr_string": "some-random-qr-string", "business_id": "b1",
             "reference_id": "testing_id_123", "type": "DYNAMIC", "channel_code": "ID_DANA", "currency": "IDR",
             "amount": 1500, "status": "SUCCEEDED", "created": MOMENT, "expires_at": MOMENT, "metadata": {},
             "payment_detail": {"receipt_id": "RCPT", "source": "BRI"}},
}  # fmt: skip
EWALLET = {
    "event": "ewallet.capture", "business_id": "b1", "created": MOMENT,
    "data": {"id": "ewc_1", "reference_id": "top_1", "status": "SUCCEEDED", "currency": "IDR", "charge_amount": 50000,
             "capture_amount": 50000, "checkout_method": "ONE_TIME_PAYMENT", "channel_code": "ID_LINKAJA",
             "created": MOMENT, "updated": MOMENT},
}  # fmt: skip
REQUEST = {
    "event": "payment_request.expiry", "business_id": "b1", "created": MOMENT, "api_version": "v3",
    "data": {"payment_request_id": "pr-1", "reference_id": "top_1", "type": "PAY", "country": "ID", "currency": "IDR",
             "request_amount": "50000", "channel_code": "QRIS", "status": "EXPIRED", "created": MOMENT,
             "updated": MOMENT},
}  # fmt: skip
REQUEST_BY_ID = {
    "event": "payment_request.expired", "business_id": "b1", "created": MOMENT,
    "data": {"id": "pr-1", "reference_id": "top_1", "status": "EXPIRED", "updated": MOMENT},
}  # fmt: skip
TOKEN = {"payment_token_id": "pt-1", "reference_id": "card_1", "status": "ACTIVE", "updated": MOMENT}

_RUPIAH = {"currency": "IDR", "amount": "50000"}
_QRIS = {**_RUPIAH, "channel": "QRIS"}
_DECLINED = {**_QRIS, "failure_code": "USER_DECLINED_PAYMENT"}

SHAPES = (
    Shape("v3 capture", v3_payment("payment.capture", "SUCCEEDED"), "payment.capture", "pr-1", "py-1", "top_1~2",
          "SUCCEEDED", _QRIS),
    Shape("v3 capture, amount as text, odd type, no captures",
          v3_payment("payment.capture", "SUCCEEDED", request_amount="50000", type="SINGLE_PAYMENT", captures=None),
          "payment.capture", "pr-1", "py-1", "top_1~2", "SUCCEEDED", _QRIS),
    Shape("v3 failure, code with a trailing space",
          v3_payment("payment.failure", "FAILED", failure_code="USER_DECLINED_PAYMENT "), "payment.failure", "pr-1",
          "py-1", "top_1~2", "FAILED", _DECLINED),
    Shape("v3 authorization", v3_payment("payment.authorization", "AUTHORIZED"), "payment.authorization", "pr-1",
          "py-1", "top_1~2", "AUTHORIZED", _QRIS),
    Shape("v3 expiry", v3_payment("payment.expiry", "EXPIRED"), "payment.expiry", "pr-1", "py-1", "top_1~2",
          "EXPIRED", _QRIS),
    Shape("unpublished payment event", v3_payment("payment.pending", "PENDING"), "payment.pending", "pr-1", "py-1",
          "top_1~2", "PENDING", _QRIS),
    Shape("v3 request expiry", REQUEST, "payment_request.expiry", "pr-1", None, "top_1", "EXPIRED", _QRIS),
    Shape("request expired by id", REQUEST_BY_ID, "payment_request.expired", "pr-1", None, "top_1", "EXPIRED", {}),
    Shape("session completed", session("payment_session.completed", "COMPLETED", payment_id="py-1",
          payment_request_id="pr-1"), "payment_session.completed", "pr-1", "py-1", "top_1", "COMPLETED", _RUPIAH),
    Shape("session completed without ids", session("payment_session.completed", "COMPLETED"),
          "payment_session.completed", None, None, "top_1", "COMPLETED", _RUPIAH),
    Shape("session expired", session("payment_session.expired", "EXPIRED"), "payment_session.expired", None, None,
          "top_1", "EXPIRED", _RUPIAH),
    Shape("v2 succeeded", v2_payment("payment.succeeded", "SUCCEEDED"), "payment.succeeded", "pr-1", "ddpy-1",
          "top_1", "SUCCEEDED", _RUPIAH),
    Shape("v2 failed", v2_payment("payment.failed", "FAILED", failure_code="INSUFFICIENT_BALANCE"), "payment.failed",
          "pr-1", "ddpy-1", "top_1", "FAILED", {**_RUPIAH, "failure_code": "INSUFFICIENT_BALANCE"}),
    Shape("v2 awaiting capture", v2_payment("payment.awaiting_capture", "AWAITING_CAPTURE"),
          "payment.awaiting_capture", "pr-1", "ddpy-1", "top_1", "AWAITING_CAPTURE", _RUPIAH),
    Shape("v2 capture", v2_payment("capture.succeeded", "SUCCEEDED"), "capture.succeeded", "pr-1", "ddpy-1", "top_1",
          "SUCCEEDED", _RUPIAH),
    Shape("v2 method expired after success", payment_method("payment_method.expired", "EXPIRED"),
          "payment_method.expired", None, None, None, "EXPIRED", {"payment_method_id": "pm-1"}),
    Shape("refund, flat", {"event": "refund.succeeded", "business_id": "b1", "created": MOMENT, "data": REFUND},
          "refund.succeeded", "pr-1", "py-1", None, "SUCCEEDED",
          {"currency": "IDR", "amount": "20000", "channel": "QRIS", "refund_id": "rfd-1"}),
    Shape("refund, nested twice",
          {"event": "refund.failed", "created": MOMENT, "data": {"event": "refund.failed", "created": MOMENT,
           "data": {**REFUND, "status": "FAILED", "failure_code": "INSUFFICIENT_BALANCE"}}},
          "refund.failed", "pr-1", "py-1", None, "FAILED",
          {"currency": "IDR", "amount": "20000", "channel": "QRIS", "refund_id": "rfd-1",
           "failure_code": "INSUFFICIENT_BALANCE"}),
    Shape("dispute, flat", DISPUTE, "dispute.won", None, "py-1", "top_1", "WON",
          {"currency": "IDR", "amount": "50000", "channel": "CARDS", "dispute_id": "mi-dspt-1"}),
    Shape("invoice without event and payment id", INVOICE, "invoice.paid", None, None, "top_1", "PAID",
          {"currency": "IDR", "amount": "50000", "channel": "BCA", "invoice_id": "64b0a5d3c1e2f40718293a4b"}),
    Shape("invoice with payment id", {**INVOICE, "payment_id": "ewc_9", "status": "SETTLED"}, "invoice.settled", None,
          "ewc_9", "top_1", "SETTLED",
          {"currency": "IDR", "amount": "50000", "channel": "BCA", "invoice_id": "64b0a5d3c1e2f40718293a4b"}),
    Shape("legacy QR, also the dashboard's test", QR_PAYMENT, "qr.payment", None, "qrpy_1", "testing_id_123",
          "SUCCEEDED", {"currency": "IDR", "amount": "1500", "channel": "ID_DANA"}),
    Shape("legacy e-wallet", EWALLET, "ewallet.capture", None, "ewc_1", "top_1", "SUCCEEDED",
          {"currency": "IDR", "amount": "50000", "channel": "ID_LINKAJA"}),
)  # fmt: skip

# Nothing of ours stands behind these: stored, answered, and that is all.
QUIET: tuple[tuple[str, dict[str, Any]], ...] = (
    ("payment_token.activation", {"event": "payment_token.activation", "data": TOKEN}),
    ("payout.succeeded", {"event": "payout.succeeded", "data": {"id": "disb-1", "reference_id": "x"}}),
    ("unknown", {}),
    ("unknown", {"event": 7, "data": []}),
    ("unknown", {"event": "<script>", "data": {"payment_id": "py-1"}}),
    ("payment.capture", {"event": "payment.capture", "data": {"payment_id": "../../balance", "reference_id": ""}}),
)

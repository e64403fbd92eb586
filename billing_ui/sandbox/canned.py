"""The dashboard's "Test & Save" events: sound in form, and about nothing that exists."""

import json
from typing import Any

from billing_ui.sandbox import wire
from billing_ui.sandbox.bodies import BodyError
from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.state import Event
from billing_ui.sandbox.world import World

REFERENCE = "testing_id_123"
TOPICS = ("payment", "payment_request", "session", "refund", "invoice", "qr")
_HEX = "579c8d61f23fa4ca35e52da4"


def event(world: World, topic: object) -> Event:
    if topic not in TOPICS:
        raise BodyError(f"topic must be one of {', '.join(TOPICS)}")
    now = world.clock()
    kind, data = _about(str(topic), wire_time(now))
    flat = topic in {"invoice", "qr"}
    body = json.dumps(data, separators=(",", ":")).encode() if flat else wire.envelope(kind, now, data)
    return Event(world.ids.uuid(), kind, None, body, now)


def _about(topic: str, now: str) -> tuple[str, dict[str, Any]]:
    money = {"reference_id": REFERENCE, "country": "ID", "currency": "IDR", "created": now, "updated": now}
    if topic == "payment":
        captures = [{"capture_id": "cptr-testing", "capture_amount": 10_000, "capture_timestamp": now}]
        payment = {"payment_id": "py-testing", "payment_request_id": "pr-testing", "type": "PAY", "captures": captures}
        rest = {"request_amount": 10_000, "channel_code": "QRIS", "status": "SUCCEEDED"}
        return "payment.capture", {**payment, **money, **rest}
    if topic == "payment_request":
        rest = {"request_amount": 10_000, "channel_code": "QRIS", "status": "EXPIRED"}
        return "payment_request.expiry", {"payment_request_id": "pr-testing", "type": "PAY", **money, **rest}
    if topic == "session":
        session = {"payment_session_id": f"ps-{_HEX}", "session_type": "PAY", "mode": "PAYMENT_LINK", **money}
        return "payment_session.completed", {**session, "amount": 10_000, "status": "COMPLETED"}
    if topic == "refund":
        refund = {"id": "rfd-testing", "payment_id": "py-testing", "amount": 10_000, "channel_code": "QRIS", **money}
        return "refund.succeeded", {**refund, "status": "SUCCEEDED", "reason": "REQUESTED_BY_CUSTOMER"}
    if topic == "invoice":
        invoice = {"id": _HEX, "external_id": REFERENCE, "user_id": wire.BUSINESS_ID, "status": "PAID", **money}
        return "invoice.paid", {**invoice, "amount": 10_000, "paid_amount": 10_000, "merchant_name": "Xendit"}
    code = {"qr_id": "qr_testing", "qr_string": "0002010102##########CO.XENDIT.WWW", "type": "DYNAMIC"}
    paid = {"id": "qrpy_testing", "business_id": wire.BUSINESS_ID, "channel_code": "ID_DANA", "amount": 1_500, **money}
    return "qr.payment", {"event": "qr.payment", "created": now, "data": {**code, **paid, "status": "SUCCEEDED"}}

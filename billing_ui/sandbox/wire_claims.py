"""The JSON shapes of refunds and disputes. A refund's webhook comes plain or nested twice, a dispute's is flat."""

import json
from datetime import datetime
from typing import Any

from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.records import Dispute, Refund
from billing_ui.sandbox.state import PaymentRequest
from billing_ui.sandbox.wire import BUSINESS_ID
from billing_ui.sandbox.wire_v2 import TYPES, channel_code


def refund_json(refund: Refund, request: PaymentRequest) -> dict[str, Any]:
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "payment_request_id": refund.request_id,
        "invoice_id": None,
        "reference_id": refund.reference,
        "payment_method_type": TYPES[request.channel.kind],
        "channel_code": channel_code(request.channel),
        "country": "ID",
        "currency": "IDR",
        "amount": refund.amount,
        "status": refund.status,
        "reason": refund.reason,
        "failure_code": refund.failure_code,
        "refund_fee_amount": None,
        "metadata": refund.metadata,
        "created": wire_time(refund.created),
        "updated": wire_time(refund.updated),
    }


def refund_envelope(kind: str, created: datetime, data: dict[str, Any], *, nested: bool) -> bytes:
    told: dict[str, Any] = {"event": kind, "business_id": BUSINESS_ID, "created": wire_time(created)}
    inner = {**told, "data": data} if nested else data
    return json.dumps({**told, "data": inner}, ensure_ascii=False, separators=(",", ":")).encode()


def dispute_body(kind: str, dispute: Dispute, request: PaymentRequest) -> bytes:
    body: dict[str, Any] = {
        "event": kind,
        "id": dispute.id,
        "channel_code": request.channel.code,
        "card_brands": [],
        "status": dispute.status,
        "status_reason": None,
        "currency": "IDR",
        "amount": {"initial": str(dispute.amount), "terminal": None if dispute.is_open else str(dispute.amount)},
        "created_at": wire_time(dispute.created),
        "updated_at": wire_time(dispute.updated),
        "due_date": wire_time(dispute.due),
        "note": "",
        "related_disputes": [],
        "category": "FRAUD",
        "payment_id": dispute.payment_id,
        "reference_id": request.reference,
    }
    return json.dumps(body, separators=(",", ":")).encode()

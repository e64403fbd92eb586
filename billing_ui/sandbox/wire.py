"""The JSON shapes of Xendit's Payments API v3: requests, payments, webhook envelopes."""

import json
from datetime import datetime
from typing import Any

from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.state import Payment, PaymentRequest

API_VERSION = "2024-11-11"
BUSINESS_ID = "64b0a5d3c1e2f40718293a4b"


def request_json(request: PaymentRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "payment_request_id": request.id,
        **_common(request),
        "channel_properties": {**request.properties, **_shown_expiry(request)},
        "actions": request.actions,
        "status": request.status,
        "created": wire_time(request.created),
        "updated": wire_time(request.updated),
        **request.extras,
    }
    if request.payments:
        body["latest_payment_id"] = request.payments[-1].id
    if request.failure_code:
        body["failure_code"] = request.failure_code
    return body


def payment_json(payment: Payment, request: PaymentRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "payment_id": payment.id,
        "payment_request_id": payment.request_id,
        **_common(request),
        "channel_properties": request.properties,
        "captures": [
            {"capture_id": capture.id, "capture_amount": capture.amount, "capture_timestamp": wire_time(capture.at)}
            for capture in payment.captures
        ],
        "status": payment.status,
        "payment_details": {"receipt_id": payment.receipt} if payment.receipt else {},
        "created": wire_time(payment.created),
        "updated": wire_time(payment.updated),
        **request.extras,
    }
    if "request_amount" not in body and payment.captures:
        body["request_amount"] = payment.amount
    if payment.failure_code:
        body["failure_code"] = payment.failure_code
    return body


def envelope(kind: str, created: datetime, data: dict[str, Any]) -> bytes:
    told = {
        "event": kind,
        "business_id": BUSINESS_ID,
        "created": wire_time(created),
        "api_version": "v3",
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _common(request: PaymentRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "business_id": BUSINESS_ID,
        "reference_id": request.reference,
        "type": request.type,
        "country": "ID",
        "currency": "IDR",
        "capture_method": "AUTOMATIC",
        "channel_code": request.channel.code,
    }
    if request.amount is not None:
        body["request_amount"] = request.amount
    return body


def _shown_expiry(request: PaymentRequest) -> dict[str, str]:
    return {"expires_at": wire_time(request.expires_at)}

"""The JSON shapes of Xendit's older Payments API v2: payment requests, payment methods, their webhooks."""

import json
from datetime import datetime
from typing import Any

from billing_ui.sandbox.channels import Channel, Kind
from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.state import Payment, PaymentRequest
from billing_ui.sandbox.wire import BUSINESS_ID

TYPES = {Kind.QR: "QR_CODE", Kind.BANK: "VIRTUAL_ACCOUNT", Kind.WALLET: "EWALLET", Kind.CARD: "CARD"}
_NAMES = {"BSS": "SAHABAT_SAMPOERNA"}
_METHOD_STATUS = {"SUCCEEDED": "EXPIRED", "EXPIRED": "EXPIRED", "CANCELED": "EXPIRED", "FAILED": "FAILED"}


def channel_code(channel: Channel) -> str:
    """v2 knows banks by their bare names."""
    bare = channel.code.removesuffix("_VIRTUAL_ACCOUNT")
    return _NAMES.get(bare, bare)


def request_json(request: PaymentRequest) -> dict[str, Any]:
    waiting = "REQUIRES_ACTION" if request.channel.kind is Kind.WALLET else "PENDING"
    return {
        "id": request.id,
        "created": wire_time(request.created),
        "updated": wire_time(request.updated),
        "reference_id": request.reference,
        "business_id": BUSINESS_ID,
        "customer_id": None,
        "customer": None,
        "amount": request.amount,
        "min_amount": None,
        "max_amount": None,
        "country": "ID",
        "currency": "IDR",
        "payment_method": method_json(request),
        "description": None,
        "metadata": None,
        **request.extras,
        "capture_method": "AUTOMATIC",
        "initiator": None,
        "card_verification_results": None,
        "status": waiting if request.is_open else request.status,
        "actions": _actions(request),
        "failure_code": request.failure_code,
        "shipping_information": None,
        "items": None,
    }


def method_json(request: PaymentRequest) -> dict[str, Any]:
    empty = dict.fromkeys(("card", "direct_debit", "ewallet", "over_the_counter", "virtual_account", "qr_code"))
    kind = TYPES[request.channel.kind]
    return {
        **empty,
        "id": request.method_id,
        "type": kind,
        "reusability": "ONE_TIME_USE",
        "status": _METHOD_STATUS.get(request.status, "ACTIVE"),
        "reference_id": request.method_id.replace("pm-", "ref-"),
        "description": None,
        "metadata": None,
        "created": wire_time(request.created),
        "updated": wire_time(request.updated),
        kind.lower(): _means(request),
    }


def payment_json(payment: Payment, request: PaymentRequest) -> dict[str, Any]:
    """The payment of a webhook: here `id` is the payment and `amount` is what was paid."""
    return {
        "id": payment.id,
        "payment_request_id": request.id,
        "reference_id": request.reference,
        "customer_id": None,
        "currency": "IDR",
        "country": "ID",
        "amount": payment.amount or request.amount,
        "status": payment.status,
        "failure_code": payment.failure_code,
        "payment_method": method_json(request),
        "channel_properties": None,
        "payment_detail": {"receipt_id": payment.receipt, "source": request.channel.name} if payment.receipt else None,
        "metadata": request.extras.get("metadata"),
        "description": request.extras.get("description"),
        "created": wire_time(payment.created),
        "updated": wire_time(payment.updated),
    }


def envelope(kind: str, created: datetime, data: dict[str, Any]) -> bytes:
    told = {"event": kind, "business_id": BUSINESS_ID, "created": wire_time(created), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _means(request: PaymentRequest) -> dict[str, Any]:
    code, ends = channel_code(request.channel), wire_time(request.expires_at)
    kind = request.channel.kind
    if kind is Kind.QR:
        properties = {"qr_string": request.action("QR_STRING"), "expires_at": ends}
        return {"channel_code": code, "channel_properties": properties}
    if kind is Kind.BANK:
        properties = {
            "customer_name": request.properties.get("customer_name") or request.properties.get("display_name") or "-",
            "virtual_account_number": request.action("VIRTUAL_ACCOUNT_NUMBER"),
            "expires_at": ends,
        }
        amounts = {"amount": request.amount, "min_amount": None, "max_amount": None, "currency": "IDR"}
        return {"channel_code": code, **amounts, "channel_properties": properties}
    urls = {name: value for name, value in request.properties.items() if name.endswith(("_url", "mobile_number"))}
    return {"channel_code": code, "channel_properties": urls, "account": {}}


def _actions(request: PaymentRequest) -> list[dict[str, Any]]:
    kinds = {"WEB_URL": "WEB", "DEEPLINK_URL": "DEEPLINK"}
    return [
        {"action": "AUTH", "url_type": kinds[each["descriptor"]], "method": "GET", "url": each["value"],
         "qr_code": None}
        for each in request.actions
        if each["descriptor"] in kinds
    ]  # fmt: skip

"""Understands every generation of Xendit's webhooks, without believing any: it only says whom to ask."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from billing_ui.gateways.base import Parsed, WebhookRefused
from billing_ui.gateways.xendit.answers import GATEWAY, instant, rupiah, word
from billing_ui.gateways.xendit.wire import code, is_safe_id
from billing_ui.kit.strict_json import JsonRefused, read_object
from billing_ui.rules.facts import DisputeClaim, DisputeState, Wake

_EVENT = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_HEADER_ID = re.compile(r"[A-Za-z0-9_.:-]{1,120}")
# Events whose own `id` is the payment: v2 payments and the legacy channels. v3 says payment_id.
_PAYMENT_IS_THE_OBJECT = ("payment.", "capture.", "qr.", "ewallet.")
_ABOUT_MONEY = (*_PAYMENT_IS_THE_OBJECT, "payment_request.", "payment_session.", "payment_method.", "invoice.",
                "refund.", "dispute.")  # fmt: skip
_NO_MONEY = ("payment_token.",)
_PARTS_OF_A_PAYMENT = ("refund.", "dispute.")
_DISPUTE_ENDS: dict[str, DisputeState] = {"dispute.won": "won", "dispute.lost": "lost"}
_AMOUNT_FIELDS = ("paid_amount", "amount", "capture_amount", "request_amount")


def header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its capitals; empty when it is missing."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def parse(headers: Mapping[str, str], body: bytes) -> Parsed:
    try:
        message = read_object(body)
    except JsonRefused as refusal:
        raise WebhookRefused(400, str(refusal)) from refusal
    data = _data(message)
    event = _event(message, data)
    wake = _wake(event, data)
    return Parsed(event, _dedupe(headers, event, data, body), () if wake is None else (wake,))


def _data(message: dict[str, Any]) -> dict[str, Any]:
    """What the event is about. Disputes and invoices are flat; refunds are printed both plain and nested twice."""
    data = message
    for _ in range(2):
        inner = data.get("data")
        if not isinstance(inner, dict):
            break
        data = inner
    return data


def _event(message: dict[str, Any], data: dict[str, Any]) -> str:
    named = message.get("event")
    if isinstance(named, str) and _EVENT.fullmatch(named):
        return named
    if "external_id" in data and (status := code(data.get("status"))):
        return f"invoice.{status.lower()}"  # invoice callbacks carry no event name
    return "unknown"


def _wake(event: str, data: dict[str, Any]) -> Wake | None:
    is_known = event.startswith(_ABOUT_MONEY)
    is_some_payment = event.startswith("payment") and not event.startswith(_NO_MONEY)
    if not is_known and not is_some_payment:
        return None
    request_id, payment_id = _id(data, "payment_request_id"), _id(data, "payment_id")
    reference = word(data.get("reference_id"))
    if event.startswith("payment_request."):
        request_id = request_id or _id(data, "id")
        payment_id = payment_id or _id(data, "latest_payment_id")
    elif event.startswith(_PAYMENT_IS_THE_OBJECT):
        payment_id = payment_id or _id(data, "id")
    elif event.startswith("invoice."):
        reference = word(data.get("external_id"))
    elif event.startswith("refund."):
        reference = None  # a refund's reference names the refund, not the purchase
    detail = _detail(event, data)
    if request_id is None and payment_id is None and reference is None and "payment_method_id" not in detail:
        return None
    return Wake(
        GATEWAY, event, request_id, reference, payment_id, code(data.get("status")), detail,
        refund_id=_id(data, "id") if event.startswith("refund.") else None,
        dispute=_dispute(event, data) if event.startswith("dispute.") else None,
    )  # fmt: skip


def _dispute(event: str, data: dict[str, Any]) -> DisputeClaim | None:
    dispute_id = _id(data, "id")
    if dispute_id is None:
        return None
    amount = data.get("amount")
    return DisputeClaim(
        gateway_dispute_id=dispute_id,
        state=_DISPUTE_ENDS.get(event, "open"),
        amount=rupiah(amount.get("initial") if isinstance(amount, dict) else amount),
        currency=code(data.get("currency")).upper()[:3],
        reason=code(data.get("category")) or code(data.get("status_reason")),
        due_at=instant(data.get("due_date")),
    )


def _detail(event: str, data: dict[str, Any]) -> dict[str, str]:
    """What else it says, as told: for the timeline and for people, never for a decision about money."""
    told = {
        "failure_code": code(data.get("failure_code")),
        "channel": code(data.get("channel_code") or data.get("payment_channel")),
        "currency": code(data.get("currency")),
        "amount": _told_amount(data),
    }
    if event.startswith(("refund.", "dispute.", "payment_method.", "invoice.")):
        told[f"{event.split('.', 1)[0]}_id"] = _id(data, "id") or ""
    return {name: value for name, value in told.items() if value}


def _told_amount(data: dict[str, Any]) -> str:
    amount = data.get("amount")
    if isinstance(amount, dict):  # disputes
        whole = rupiah(amount.get("initial"))
    else:
        whole = next((found for name in _AMOUNT_FIELDS if (found := rupiah(data.get(name))) is not None), None)
    return "" if whole is None else str(whole)


def _id(data: dict[str, Any], name: str) -> str | None:
    found = word(data.get(name))
    return found if found is not None and is_safe_id(found) else None


def _dedupe(headers: Mapping[str, str], event: str, data: dict[str, Any], body: bytes) -> str:
    """One key for all deliveries of one event: the gateway's own id, else what the event is about and since when."""
    told = header(headers, "webhook-id")
    if _HEADER_ID.fullmatch(told):
        return f"id:{told}"
    # Of one payment many parts may go back, and several disputes may be opened at one instant: these have own ids.
    names = ("id", "payment_id") if event.startswith(_PARTS_OF_A_PAYMENT) else ("payment_id", "id")
    subject = next((found for name in (*names, "payment_session_id") if (found := word(data.get(name)))), "")
    if not subject:
        return f"body:{hashlib.sha256(body).hexdigest()}"
    since = data.get("updated") or data.get("updated_at")
    parts = (event, subject, str(data.get("status")), str(since))
    return f"seen:{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"

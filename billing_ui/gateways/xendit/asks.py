"""Says our intents in Xendit's words: the body of a request, and whether an answer is about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from billing_ui.gateways.xendit.answers import rupiah
from billing_ui.rules.facts import PaymentIntent
from billing_ui.rules.methods import Method

# How the payer's phone is called is told by no public page for each channel, so a deployment may say it otherwise.
PHONE_FIELDS: Mapping[str, str] = {"OVO": "account_mobile_number"}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9 .,'-]+")


def request_body(
    intent: PaymentIntent, method: Method, phone_fields: Mapping[str, str] = PHONE_FIELDS
) -> dict[str, Any]:
    return {
        "reference_id": intent.reference,
        "type": "PAY",
        "country": "ID",
        "currency": "IDR",
        "request_amount": intent.total.quantity,
        "capture_method": "AUTOMATIC",
        "channel_code": method.channel,
        "channel_properties": _channel_properties(intent, method, phone_fields),
        "description": " ".join(intent.description.split())[:1000] or intent.reference,
    }


def _channel_properties(intent: PaymentIntent, method: Method, phone_fields: Mapping[str, str]) -> dict[str, str]:
    if method.group == "va":
        name = _plain_name(intent.customer_name) or intent.reference[:50]
        return {"display_name": name, "expires_at": _wire_time(intent.expires_at)}
    if method.needs_phone:
        return {phone_fields[method.channel]: intent.payer_phone or ""}
    if method.group == "ewallet" and (url := _return_url(intent.return_url)):
        return {"success_return_url": url, "failure_return_url": url, "cancel_return_url": url}
    return {}  # QRIS takes none, and cannot be told to expire earlier


def _plain_name(name: str) -> str:
    """What bank terminals can show: accents fall off their letters, the rest becomes a space."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(_NOT_IN_A_NAME.sub(" ", letters).split())[:50].strip()


def _return_url(url: str | None) -> str | None:
    """The gateway takes https only, 11 to 255 characters; without one the payer comes back by himself."""
    if url is None or not 11 <= len(url) <= 255:
        return None
    return url if urlsplit(url).scheme == "https" else None


def _wire_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def echoes(answer: dict[str, Any], intent: PaymentIntent) -> bool:
    """Whether the answer is about what we asked: a code over another amount must never be shown."""
    told = answer.get("request_amount")
    return answer.get("reference_id") == intent.reference and rupiah(told) == intent.total.quantity

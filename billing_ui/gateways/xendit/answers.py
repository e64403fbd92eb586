"""Reads Xendit's answers into our facts: states, instructions, captures, instants, whole rupiah."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from billing_ui.gateways.xendit.wire import code
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Captured, Instruction, RequestState
from billing_ui.rules.methods import Action

GATEWAY = "xendit"
_STATES: dict[str, RequestState] = {
    "ACCEPTING_PAYMENTS": "open",
    "REQUIRES_ACTION": "open",
    "PENDING": "open",
    "AUTHORIZED": "open",
    "SUCCEEDED": "paid",
    "FAILED": "failed",
    "EXPIRED": "expired",
    "CANCELED": "canceled",
    "CANCELLED": "canceled",
}
# A request in one of these takes no money any more: what arrives for it all the same is late.
ENDED: frozenset[RequestState] = frozenset({"failed", "expired", "canceled"})
_LARGEST_RUPIAH = 10**15
_RUNNABLE_SCHEMES = {"javascript", "data", "vbscript", "file", "blob", ""}


def word(value: object) -> str | None:
    """A text of the gateway, or None where it is missing, empty, too long or no text at all."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if 0 < len(text) <= 255 and text.isprintable() else None


def state(value: object) -> RequestState:
    return _STATES.get(str(value).upper(), "unknown")


def instant(value: object) -> datetime | None:
    """An ISO instant in UTC; one without a zone is Xendit's UTC."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def rupiah(value: object) -> int | None:
    """Whole rupiah from a number or a text of one (samples show both); None where it is not a whole, sane amount."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= _LARGEST_RUPIAH or number != number.to_integral_value():
        return None
    return int(number)


def instruction(answer: dict[str, Any], action: Action) -> Instruction:
    """What to show the payer. A QR, a number or an address that is missing leaves a request nobody can pay."""
    shown = dict(_actions(answer))
    match action:
        case "qr":
            return Instruction("qr", _present(shown, "QR_STRING"))
        case "va":
            return Instruction("va", _present(shown, "VIRTUAL_ACCOUNT_NUMBER"))
        case "push":
            return Instruction("push")
        case "redirect" | "app":
            return _wallet(shown, action)


def _wallet(shown: dict[str, str], action: Action) -> Instruction:
    """Addresses that could run something in the payer's browser count as missing."""
    web, deeplink = shown.get("WEB_URL", ""), shown.get("DEEPLINK_URL", "")
    web = web if urlsplit(web).scheme in {"https", "http"} else ""
    deeplink = "" if urlsplit(deeplink).scheme.lower() in _RUNNABLE_SCHEMES else deeplink
    qr = shown.get("QR_STRING", "")
    if qr and (action == "app" or not (web or deeplink)):
        return Instruction("app", qr, deeplink or web)
    if web or deeplink:
        return Instruction("redirect", web or deeplink, deeplink)
    raise GatewayUnavailable(reason="NOTHING_TO_OPEN")


def captured(payment: dict[str, Any], payment_id: str, request: RequestState = "open") -> Captured | None:
    """The money of one payment, None while there is none. Captures count; samples without them have one amount."""
    if str(payment.get("status")).upper() != "SUCCEEDED":
        return None
    captures = [item for item in _rows(payment.get("captures")) if item]
    amounts = [rupiah(item.get("capture_amount")) for item in captures] or [rupiah(payment.get("request_amount"))]
    currency = word(payment.get("currency"))
    whole = [amount for amount in amounts if amount is not None]
    if len(whole) != len(amounts) or currency is None:
        # Money did arrive, so this must not pass for nothing: the job stays, and somebody looks.
        raise GatewayUnavailable(reason="UNREADABLE_AMOUNT")
    moments = [at for item in captures if (at := instant(item.get("capture_timestamp"))) is not None]
    return Captured(
        gateway=GATEWAY,
        gateway_payment_id=payment_id,
        request_id=word(payment.get("payment_request_id")) or "",
        reference=word(payment.get("reference_id")) or "",
        amount=Amount(sum(whole), currency.upper()),
        captured_at=max(moments, default=instant(payment.get("updated"))),
        after_end=request in ENDED,
    )


def failure(*answers: dict[str, Any]) -> str | None:
    return next((found for answer in answers if (found := code(answer.get("failure_code")))), None)


def _actions(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for action in _rows(answer.get("actions")):
        descriptor, value = action.get("descriptor"), action.get("value")
        if isinstance(descriptor, str) and isinstance(value, str):
            yield descriptor, value.strip()


def _rows(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _present(shown: dict[str, str], descriptor: str) -> str:
    if not shown.get(descriptor):
        raise GatewayUnavailable(reason=f"NO_{descriptor}")
    return shown[descriptor]

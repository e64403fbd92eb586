"""Asks Xendit to send money back, and reads its refunds into our facts."""

from __future__ import annotations

from typing import Any

from billing_ui.gateways.xendit import answers, transactions
from billing_ui.gateways.xendit.wire import Wire, is_safe_id
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Refunded, RefundIntent, RefundState

_REFUNDS = "/refunds"
_REFUND = "/refunds/{refund_id}"
_STATES: dict[str, RefundState] = {
    "PENDING": "pending",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "CANCELLED": "canceled",
    "CANCELED": "canceled",
}


def ask(wire: Wire, intent: RefundIntent) -> Refunded:
    """The key is our reference, so that asking twice is asking once."""
    body = {
        "reference_id": intent.reference,
        "payment_request_id": intent.request_id,
        "amount": intent.amount.quantity,
        "currency": intent.amount.unit,
        "reason": "REQUESTED_BY_CUSTOMER",
    }
    told = _refunded(wire.post(_REFUNDS, body, key=intent.reference), intent.request_id)
    if (told.reference, told.amount) != (intent.reference, intent.amount):
        raise GatewayUnavailable(reason="ANSWER_ABOUT_SOMETHING_ELSE")
    return told


def read(wire: Wire, refund_id: str) -> Refunded:
    """One refund, and by its payment the request it belongs to where it does not name that itself."""
    answer = wire.get(_REFUND, refund_id=refund_id)
    told = _refunded(answer, None)
    if told.gateway_refund_id != refund_id:
        raise GatewayUnavailable(reason="ANSWER_ABOUT_SOMETHING_ELSE")
    if told.request_id is not None or told.gateway_payment_id is None:
        return told
    return _refunded(answer, transactions.request_of(wire, told.gateway_payment_id))


def find(wire: Wire, reference: str, request_id: str) -> Refunded | None:
    page = wire.get(_REFUNDS, query=(("payment_request_id", request_id), ("limit", "100")))
    rows = page.get("data")
    if not isinstance(rows, list):
        raise GatewayUnavailable(reason="UNREADABLE_LIST")
    ours = (row for row in rows if isinstance(row, dict) and row.get("reference_id") == reference)
    return next((_refunded(row, request_id) for row in ours), None)


def _refunded(answer: dict[str, Any], request_id: str | None) -> Refunded:
    """The amount of a refund must be readable, or the books could not follow it."""
    refund_id, currency = answers.word(answer.get("id")), answers.word(answer.get("currency"))
    amount = answers.rupiah(answer.get("amount"))
    if refund_id is None or not is_safe_id(refund_id) or not amount or currency is None:
        raise GatewayUnavailable(reason="UNREADABLE_REFUND")
    return Refunded(
        gateway=answers.GATEWAY,
        gateway_refund_id=refund_id,
        state=_STATES.get(str(answer.get("status")).upper(), "unknown"),
        amount=Amount(amount, currency.upper()),
        gateway_payment_id=answers.word(answer.get("payment_id")),
        request_id=answers.word(answer.get("payment_request_id")) or request_id,
        reference=answers.word(answer.get("reference_id")),
        failure_code=answers.failure(answer),
    )

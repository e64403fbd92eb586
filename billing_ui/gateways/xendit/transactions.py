"""Reads Xendit's own list of money that moved, page by page: what reconciliation compares our books with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from billing_ui.gateways.xendit import answers
from billing_ui.gateways.xendit.wire import Wire, is_safe_id
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayRejected, GatewayUnavailable
from billing_ui.rules.facts import GatewayTransaction, TransactionKind

_PATH = "/transactions"
_PAYMENT = "/v3/payments/{payment_id}"
_PAGE = "50"
_TRIES = 3
_KINDS: dict[str, TransactionKind] = {"PAYMENT": "payment", "REFUND": "refund"}
_ASKED = (("types", "PAYMENT"), ("types", "REFUND"), ("statuses", "SUCCESS"), ("limit", _PAGE))


def between(wire: Wire, since: datetime, until: datetime) -> Iterator[GatewayTransaction]:
    """Everything that moved in this time, newest first. A list that cannot be read whole is an error, not a part."""
    return _listed(wire, (("created[gte]", _instant(since)), ("created[lte]", _instant(until))))


def of_reference(wire: Wire, reference: str) -> Iterator[GatewayTransaction]:
    """Everything that moved under one reference of ours."""
    return _listed(wire, (("reference_id", reference),))


def payments_under(wire: Wire, reference: str) -> tuple[str, ...]:
    """The payments among them that may be read back."""
    ours = (each for each in of_reference(wire, reference) if each.kind == "payment" and each.reference == reference)
    return tuple(each.gateway_payment_id for each in ours if is_safe_id(each.gateway_payment_id))


def request_of(wire: Wire, payment_id: str) -> str | None:
    """The request that a payment of the list belongs to; the list itself does not name it."""
    try:
        payment = wire.get(_PAYMENT, payment_id=payment_id)
    except GatewayRejected:
        return None
    return answers.word(payment.get("payment_request_id"))


def _listed(wire: Wire, narrowed: tuple[tuple[str, str], ...]) -> Iterator[GatewayTransaction]:
    after: tuple[tuple[str, str], ...] = ()
    seen: set[str] = set()
    while True:
        page = _page(wire, (*_ASKED, *narrowed, *after))
        rows = page.get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise GatewayUnavailable(reason="UNREADABLE_LIST")
        for row in rows:
            found = _transaction(row)
            if found is not None and found.transaction_id not in seen:
                seen.add(found.transaction_id)
                yield found
        if page.get("has_more") is not True:
            return
        last = answers.word(rows[-1].get("id")) if rows else None
        if last is None or after == (("after_id", last),):
            raise GatewayUnavailable(reason="LIST_DOES_NOT_END")
        after = (("after_id", last),)


def _page(wire: Wire, query: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """One page out of many must not cost the whole list. Whoever says that we ask too often is not asked again."""
    for _ in range(_TRIES - 1):
        try:
            return wire.get(_PATH, query=query)
        except GatewayUnavailable as error:
            if error.facts.get("reason") == "RATE_LIMIT_EXCEEDED":
                raise
    return wire.get(_PATH, query=query)


def _transaction(row: dict[str, Any]) -> GatewayTransaction | None:
    """None for what is neither money that arrived nor money that went back. What cannot be read must not be skipped."""
    kind = _KINDS.get(str(row.get("type")))
    if kind is None or row.get("status") != "SUCCESS":
        return None
    transaction_id, moved_by = answers.word(row.get("id")), answers.word(row.get("product_id"))
    amount, currency = answers.rupiah(row.get("amount")), answers.word(row.get("currency"))
    happened_at = answers.instant(row.get("created"))
    if transaction_id is None or moved_by is None or amount is None or currency is None or happened_at is None:
        raise GatewayUnavailable(reason="UNREADABLE_TRANSACTION")
    return GatewayTransaction(
        gateway=answers.GATEWAY,
        transaction_id=transaction_id,
        kind=kind,
        gateway_payment_id=moved_by,
        reference=answers.word(row.get("reference_id")) or "",
        amount=Amount(amount, currency.upper()),
        happened_at=happened_at,
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""Our side of a comparison with the gateway: what we stored, and what the books hold for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, or_, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.amount import Amount
from billing_ui.ledger.tables import CASH, entry
from billing_ui.models import Capture, Payment, Refund
from billing_ui.rules.facts import TransactionKind
from billing_ui.rules.reconciliation import Posted, Span, Stored

_BATCH = 400
# What a posting is for, by the first word of its key: money in for captures, money out for refunds.
_IN, _OUT = ("topup", "capture"), ("refund",)
# Written as it stands in the partial index, so that both databases use it.
IS_MONEY: ColumnElement[bool] = literal_column("unit <> 'TOKEN'")


def stored(tx: Tx, gateway: str, ids: Iterable[str], spans: Sequence[Span]) -> list[Stored]:
    """Captures and refunds that the gateway lists, and those that fell into the spans."""
    found: dict[tuple[str, str], Stored] = {}
    moment = func.coalesce(col(Capture.captured_at), col(Capture.recorded_at))
    wanted = [col(Capture.gateway_payment_id).in_(some) for some in _batches(ids)]
    for condition in (*wanted, _within(moment, spans)):
        for row in tx.execute(_captures(gateway).where(condition)):
            found["payment", row.id] = _stored("payment", row)
    wanted = [col(Refund.gateway_refund_id).in_(some) for some in _batches(ids)]
    for condition in (*wanted, _within(col(Refund.changed_at), spans)):
        for row in tx.execute(_refunds(gateway).where(condition)):
            found["refund", row.id] = _stored("refund", row)
    return list(found.values())


def posted_only(tx: Tx, gateway: str, spans: Sequence[Span]) -> list[Posted]:
    """Money that the books moved under an id of the gateway, and nobody stored a capture or refund for it."""
    cash = f"{CASH}{gateway}"
    moved: dict[tuple[TransactionKind, str, str], Posted] = {}
    query = select(entry).where(IS_MONEY, or_(entry.c.debit == cash, entry.c.credit == cash))
    for row in tx.execute(query.where(_within(entry.c.recorded_at, spans))):
        word, _, rest = row.key.partition(":")
        through, _, moved_by = rest.partition(":")
        if through == gateway and moved_by and word in {*_IN, *_OUT}:
            kind: TransactionKind = "payment" if word in _IN else "refund"
            before = moved.get((kind, moved_by, row.unit))
            quantity = row.quantity + (before.amount.quantity if before else 0)
            moved[kind, moved_by, row.unit] = Posted(kind, moved_by, Amount(quantity, row.unit), row.recorded_at)
    kept = {("payment", one) for one in _kept(tx, Capture.gateway, Capture.gateway_payment_id, gateway, moved)}
    kept |= {("refund", one) for one in _kept(tx, Refund.gateway, Refund.gateway_refund_id, gateway, moved)}
    return [one for (kind, moved_by, _unit), one in moved.items() if (kind, moved_by) not in kept]


def payments_of(tx: Tx, gateway: str, references: Iterable[str]) -> dict[str, int]:
    """Reference → the payment we gave it to, refunds by their own references too."""
    found: dict[str, int] = {}
    for some in _batches(references):
        asked = select(col(Payment.reference), col(Payment.id)).where(
            col(Payment.gateway) == gateway, col(Payment.reference).in_(some)
        )
        given_back = select(col(Refund.reference), col(Refund.payment_id)).where(
            col(Refund.gateway) == gateway, col(Refund.reference).in_(some)
        )
        found |= {row.reference: row[1] for row in tx.execute(asked.union_all(given_back))}
    return found


def _captures(gateway: str) -> Select[Any]:
    keys = [literal(f"{word}:{gateway}:") + col(Capture.gateway_payment_id) for word in _IN]
    booked = (
        select(func.sum(entry.c.quantity))
        .where(
            entry.c.account_id == col(Payment.account_id),
            entry.c.key.in_(keys),
            entry.c.debit == f"{CASH}{gateway}",
            entry.c.unit == col(Capture.currency),
        )
        .scalar_subquery()
    )
    return (
        select(
            col(Capture.gateway_payment_id).label("id"),
            col(Capture.payment_id),
            col(Payment.reference),
            col(Capture.amount),
            col(Capture.currency),
            func.coalesce(col(Capture.captured_at), col(Capture.recorded_at)).label("happened_at"),
            col(Capture.recorded_at),
            booked.label("booked"),
        )
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .where(col(Capture.gateway) == gateway)
    )


def _refunds(gateway: str) -> Select[Any]:
    """Only those that went through: one that is still on its way has not moved anything yet."""
    keys = [literal(f"{word}:{gateway}:") + col(Refund.gateway_refund_id) for word in _OUT]
    booked = (
        select(func.sum(entry.c.quantity))
        .where(
            entry.c.account_id == col(Refund.account_id),
            entry.c.key.in_(keys),
            entry.c.credit == f"{CASH}{gateway}",
            entry.c.unit == col(Refund.currency),
        )
        .scalar_subquery()
    )
    return select(
        col(Refund.gateway_refund_id).label("id"),
        col(Refund.payment_id),
        func.coalesce(col(Refund.reference), "").label("reference"),
        col(Refund.amount),
        col(Refund.currency),
        col(Refund.changed_at).label("happened_at"),
        col(Refund.changed_at).label("recorded_at"),
        booked.label("booked"),
    ).where(col(Refund.gateway) == gateway, col(Refund.kind) == "gateway", col(Refund.status) == "succeeded")


def _stored(kind: TransactionKind, row: Any) -> Stored:
    booked = None if row.booked is None else int(row.booked)
    amount = Amount(row.amount, row.currency)
    return Stored(kind, row.id, row.payment_id, row.reference, amount, booked, row.happened_at, row.recorded_at)


def _within(moment: Any, spans: Sequence[Span]) -> ColumnElement[bool]:
    return or_(*(and_(moment >= span.since, moment <= span.until) for span in spans))


def _kept(tx: Tx, named: Any, column: Any, gateway: str, moved: Iterable[tuple[Any, str, str]]) -> set[str]:
    found: set[str] = set()
    for some in _batches({moved_by for _kind, moved_by, _unit in moved}):
        found |= set(tx.scalars(select(col(column)).where(col(named) == gateway, col(column).in_(some))))
    return found


def _batches(words: Iterable[str]) -> Iterator[list[str]]:
    """A database takes only so many values in one question."""
    rest = sorted(set(words))
    for start in range(0, len(rest), _BATCH):
        yield rest[start : start + _BATCH]

"""Reconciliation as a person looks at it: runs with their totals, open differences, money that waits for a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Difference, Payment, ReconcileRun, Topup
from billing_ui.queries.clearing import WaitingView, undecided, unknown
from billing_ui.rules.errors import NotFound
from billing_ui.rules.reconciliation import UNKNOWN_FOR_LONG, Action, Bucket, Finding, Span, Tally, action_for

_RECENT = 100


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One thing that does not tie. `ref` is the purchase it belongs to, empty for money nobody here asked for.

    In the bucket `ledger` the two amounts are what was stored and what the books hold.
    """

    public_id: str
    bucket: str
    gateway: str
    kind: str
    gateway_payment_id: str
    ref: str
    reference: str
    gateway_amount: int | None
    our_amount: int | None
    currency: str
    action: Action
    happened_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    resolution: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: totals by name, what is open after it, what waits. `unexplained` counts what a person must look at;
    of very many differences only the oldest are told."""

    public_id: str
    gateway: str
    from_at: datetime
    to_at: datetime
    started_at: datetime
    finished_at: datetime | None
    totals: Mapping[str, Tally]
    open: int = 0
    differences: tuple[DifferenceView, ...] = ()
    undecided: tuple[WaitingView, ...] = ()
    unknown: tuple[WaitingView, ...] = ()

    @property
    def clearing_gap(self) -> dict[str, int]:
        """Money in clearing that no undecided capture accounts for, by currency. Everything must clear."""
        gap = Counter(self.totals["clearing"].sums) if "clearing" in self.totals else Counter()
        gap.subtract(self.totals["undecided"].sums if "undecided" in self.totals else Counter())
        return {currency: amount for currency, amount in gap.items() if amount}

    @property
    def unexplained(self) -> int:
        return self.open + len(self.clearing_gap)


def runs(tx: Tx, gateway: str, limit: int = 30) -> tuple[RunView, ...]:
    """Newest first, without their details."""
    query = select(ReconcileRun).where(col(ReconcileRun.gateway) == gateway).order_by(col(ReconcileRun.id).desc())
    return tuple(_run(row) for row in tx.scalars(query.limit(limit)))


def run_view(tx: Tx, public_id: str, now: datetime) -> RunView:
    """A run with what is open now, oldest first."""
    row = tx.scalars(select(ReconcileRun).where(col(ReconcileRun.public_id) == public_id)).first()
    if row is None:
        raise NotFound(what="run")
    return replace(
        _run(row),
        open=_count_open(tx, row.gateway),
        differences=differences(tx, row.gateway),
        undecided=undecided(tx, row.gateway),
        unknown=unknown(tx, row.gateway, now - UNKNOWN_FOR_LONG),
    )


def as_seen(
    tx: Tx, gateway: str, span: Span, now: datetime, totals: Mapping[str, Tally], findings: Iterable[Finding]
) -> RunView:
    """A run that was only tried: what it would have kept, with nothing stored."""
    found = list(findings)
    ids = [one.payment_id for one in found if one.payment_id is not None]
    query = select(col(Payment.id), col(Topup.public_id)).join(Topup, col(Topup.id) == col(Payment.topup_id))
    refs = {row.id: row.public_id for row in tx.execute(query.where(col(Payment.id).in_(ids)))}
    seen = tuple(
        DifferenceView(
            "", one.bucket, gateway, one.kind, one.gateway_payment_id, refs.get(one.payment_id, ""), one.reference,
            one.gateway_amount, one.our_amount, one.currency, one.action, one.happened_at, now, now, None, "", "",
        )
        for one in found
    )  # fmt: skip
    lost = unknown(tx, gateway, now - UNKNOWN_FOR_LONG)
    return RunView(
        "", gateway, span.since, span.until, now, None, totals, len(seen), seen, undecided(tx, gateway), lost
    )


def _count_open(tx: Tx, gateway: str) -> int:
    mine = (col(Difference.gateway) == gateway, col(Difference.resolved_at).is_(None))
    return tx.scalar(select(func.count()).select_from(Difference).where(*mine)) or 0


def open_moments(tx: Tx, gateway: str) -> tuple[datetime, ...]:
    """When the money of the open differences moved: where the next run looks besides."""
    query = select(col(Difference.happened_at)).where(
        col(Difference.gateway) == gateway, col(Difference.resolved_at).is_(None)
    )
    return tuple(moment for moment in tx.scalars(query) if moment is not None)


def covered_until(tx: Tx, gateway: str, at_least: timedelta) -> datetime | None:
    """Up to when runs of at least this length have looked."""
    query = select(col(ReconcileRun.from_at), col(ReconcileRun.to_at)).where(col(ReconcileRun.gateway) == gateway)
    newest = query.order_by(col(ReconcileRun.to_at).desc()).limit(_RECENT)
    return next((until for since, until in tx.execute(newest) if until - since >= at_least), None)


def differences(tx: Tx, gateway: str, *, is_open: bool = True, limit: int = 1000) -> tuple[DifferenceView, ...]:
    """Open ones oldest first; with `is_open=False` the resolved ones, latest first."""
    query: Select[*tuple[Any, ...]] = (
        select(Difference, col(Topup.public_id).label("ref"))
        .outerjoin(Payment, col(Payment.id) == col(Difference.payment_id))
        .outerjoin(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(col(Difference.gateway) == gateway)
        .limit(limit)
    )
    if is_open:
        query = query.where(col(Difference.resolved_at).is_(None)).order_by(
            col(Difference.happened_at), col(Difference.id)
        )
    else:
        query = query.where(col(Difference.resolved_at).is_not(None)).order_by(col(Difference.resolved_at).desc())
    return tuple(_difference(row, ref or "") for row, ref in tx.execute(query))


def _run(row: ReconcileRun) -> RunView:
    totals = {name: Tally(told["count"], Counter(told["sums"])) for name, told in row.totals.items()}
    return RunView(row.public_id, row.gateway, row.from_at, row.to_at, row.started_at, row.finished_at, totals)


def _difference(row: Difference, ref: str) -> DifferenceView:
    return DifferenceView(
        row.public_id, row.bucket, row.gateway, row.kind, row.gateway_payment_id, ref, row.reference,
        row.gateway_amount, row.our_amount, row.currency,
        action_for(cast(Bucket, row.bucket), is_ours=row.payment_id is not None), row.happened_at, row.first_seen_at,
        row.last_seen_at, row.resolved_at, row.resolved_by, row.resolution,
    )  # fmt: skip

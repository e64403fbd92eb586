"""Reconciliation as a person looks at it: runs with their totals, open differences, money that waits for a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Difference, Payment, ReconcileRun, Topup
from billing_ui.queries.clearing import WaitingView, undecided, unknown
from billing_ui.rules.reconciliation import UNKNOWN_FOR_LONG, Action, Bucket, Tally, action_for


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
    """One run: totals by name, what is open after it, what waits. `unexplained` counts what a person must look at."""

    public_id: str
    gateway: str
    from_at: datetime
    to_at: datetime
    started_at: datetime
    finished_at: datetime | None
    totals: Mapping[str, Tally]
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
        return len(self.differences) + len(self.clearing_gap)


def runs(tx: Tx, gateway: str, limit: int = 30) -> tuple[RunView, ...]:
    """Newest first, without their details."""
    query = select(ReconcileRun).where(col(ReconcileRun.gateway) == gateway).order_by(col(ReconcileRun.id).desc())
    return tuple(_run(row) for row in tx.scalars(query.limit(limit)))


def run_view(tx: Tx, public_id: str, now: datetime) -> RunView | None:
    """A run with what is open now, oldest first."""
    row = tx.scalars(select(ReconcileRun).where(col(ReconcileRun.public_id) == public_id)).first()
    return None if row is None else _run(row, tx, now)


def differences(tx: Tx, gateway: str, *, is_open: bool = True, limit: int = 1000) -> tuple[DifferenceView, ...]:
    """Open ones oldest first; with `is_open=False` the resolved ones, latest first."""
    query = (
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


def _run(row: ReconcileRun, tx: Tx | None = None, now: datetime | None = None) -> RunView:
    totals = {name: Tally(told["count"], Counter(told["sums"])) for name, told in row.totals.items()}
    seen = () if tx is None else differences(tx, row.gateway)
    waiting = () if tx is None else undecided(tx, row.gateway)
    lost = () if tx is None or now is None else unknown(tx, row.gateway, now - UNKNOWN_FOR_LONG)
    return RunView(
        row.public_id, row.gateway, row.from_at, row.to_at, row.started_at, row.finished_at, totals, seen, waiting, lost
    )


def _difference(row: Difference, ref: str) -> DifferenceView:
    return DifferenceView(
        row.public_id, row.bucket, row.gateway, row.kind, row.gateway_payment_id, ref, row.reference, row.gateway_amount,
        row.our_amount, row.currency, action_for(cast(Bucket, row.bucket), is_ours=row.payment_id is not None), row.happened_at,
        row.first_seen_at, row.last_seen_at, row.resolved_at, row.resolved_by, row.resolution,
    )  # fmt: skip

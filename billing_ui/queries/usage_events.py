"""What a usage event was: what was done, by which model, and what paid for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from billing_ui.infra.db import Tx
from billing_ui.ledger.kept import OVERAGE, UNCOVERED
from billing_ui.ledger.tables import usage_event


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One event as it was told and as it was paid for. `draws` is empty where it drew the paid meter alone."""

    operation: str
    model: str
    session: str | None
    input: int
    output: int
    cached: int
    quantity: int
    draws: Mapping[str, int]
    rate_version: int | None
    allowance: int
    from_lots: int
    overage: int
    uncovered: int

    @property
    def paid_quantity(self) -> int:
        """What it drew of the paid meter."""
        return self.allowance + self.from_lots + self.overage + self.uncovered


_event = usage_event.c
_COLUMNS = (
    _event.seq, _event.operation, _event.model, _event.session, _event.input, _event.output, _event.cached,
    _event.quantity, _event.draws, _event.rate_version, _event.allowance, _event.from_lots,
    OVERAGE.label("overage"), UNCOVERED.label("uncovered"),
)  # fmt: skip


def events_at(tx: Tx, account_id: int, seqs: Collection[int]) -> dict[int, UsageEvent]:
    """The events that belong to these entries, each under the number of its last one."""
    if not seqs:
        return {}
    query = select(*_COLUMNS).where(_event.account_id == account_id, _event.seq.in_(seqs))
    rows = (row._asdict() for row in tx.execute(query))
    return {row.pop("seq"): UsageEvent(**row | {"draws": row["draws"] or {}}) for row in rows}

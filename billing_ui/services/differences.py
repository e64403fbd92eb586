"""Keeps what does not tie: one row from the day it was first seen until it ties, or until somebody explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, take_turns
from billing_ui.models import Difference, ReconcileRun
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.rules.reconciliation import Finding, Span, Tally
from billing_ui.services import audits

MATCHED = "matched"
SHORTEST_REASON = 10


def keep(
    env: Env,
    actor: Actor,
    gateway: str,
    span: Span,
    started_at: datetime,
    totals: Mapping[str, Tally],
    findings: Sequence[Finding],
    spans: Sequence[Span],
) -> str:
    """Stores a run with its differences, and closes those that tie now. Workers who come at once do it in turn."""
    now = env.clock.now()
    with env.db.begin() as tx:
        take_turns(tx, f"reconcile:{gateway}")
        run = ReconcileRun(
            public_id=env.ids.public("rec"), gateway=gateway, from_at=span.since, to_at=span.until,
            totals={name: tally.told() for name, tally in totals.items()}, started_at=started_at, finished_at=now,
        )  # fmt: skip
        tx.add(run)
        tx.flush()
        assert run.id is not None
        rows = _rows(tx, gateway, findings)
        seen = set()
        for finding in findings:
            seen.add((finding.bucket, finding.gateway_payment_id))
            _remember(tx, env, run.id, gateway, finding, rows)
        for key, row in rows.items():
            if key not in seen and row.resolved_at is None and _was_asked_about(row, spans):
                row.resolved_at, row.resolved_by, row.resolution = now, actor.name, MATCHED
        return run.public_id


def explain(env: Env, actor: Actor, public_id: str, reason: str) -> None:
    """A person says why a difference is all right. It stays closed unless its amounts change."""
    require(actor, "payments.resolve")
    if len(reason.strip()) < SHORTEST_REASON:
        raise FieldInvalid(field="reason", why="required")
    with env.db.begin() as tx:
        row = tx.scalars(select(Difference).where(col(Difference.public_id) == public_id).with_for_update()).first()
        if row is None:
            raise NotFound(what="difference")
        if row.resolved_at is not None:
            return
        row.resolved_at, row.resolved_by, row.resolution = env.clock.now(), actor.name, reason.strip()
        audits.record(
            tx, env, actor, "difference.explained", row.public_id, reason.strip(),
            after={"bucket": row.bucket, "id": row.gateway_payment_id, **_amounts(row)},
        )  # fmt: skip


def unexplained(tx: Tx, gateway: str, findings: Sequence[Finding]) -> list[Finding]:
    """Without those that a person has explained as they are."""
    rows = _rows(tx, gateway, findings)
    return [one for one in findings if not _is_explained(rows.get((one.bucket, one.gateway_payment_id)), one)]


def _rows(tx: Tx, gateway: str, findings: Sequence[Finding]) -> dict[tuple[str, str], Difference]:
    """The open ones, and those about the same money that were closed before."""
    ids = sorted({finding.gateway_payment_id for finding in findings})
    query = select(Difference).where(col(Difference.gateway) == gateway)
    rows = list(tx.scalars(query.where(col(Difference.resolved_at).is_(None))))
    for start in range(0, len(ids), 400):
        some = col(Difference.gateway_payment_id).in_(ids[start : start + 400])
        rows += tx.scalars(query.where(some, col(Difference.resolved_at).is_not(None)))
    return {(row.bucket, row.gateway_payment_id): row for row in rows}


def _remember(
    tx: Tx, env: Env, run_id: int, gateway: str, finding: Finding, rows: Mapping[tuple[str, str], Difference]
) -> None:
    now = env.clock.now()
    row = rows.get((finding.bucket, finding.gateway_payment_id))
    if row is None:
        tx.add(
            Difference(
                public_id=env.ids.public("dif"), run_id=run_id, gateway=gateway, bucket=finding.bucket,
                kind=finding.kind, gateway_payment_id=finding.gateway_payment_id, reference=finding.reference,
                payment_id=finding.payment_id, gateway_amount=finding.gateway_amount, our_amount=finding.our_amount,
                currency=finding.currency, happened_at=finding.happened_at, first_seen_at=now, last_seen_at=now,
            )
        )  # fmt: skip
        return
    if row.resolved_at is not None and not _is_explained(row, finding):
        row.resolved_at, row.resolved_by, row.resolution = None, "", ""
    row.last_seen_at, row.payment_id = now, finding.payment_id
    row.gateway_amount, row.our_amount = finding.gateway_amount, finding.our_amount


def _is_explained(row: Difference | None, finding: Finding) -> bool:
    if row is None or row.resolved_at is None or row.resolution == MATCHED:
        return False
    return (row.gateway_amount, row.our_amount) == (finding.gateway_amount, finding.our_amount)


def _was_asked_about(row: Difference, spans: Sequence[Span]) -> bool:
    return row.happened_at is not None and any(span.holds(row.happened_at) for span in spans)


def _amounts(row: Difference) -> dict[str, int | str | None]:
    return {"gateway": row.gateway_amount, "ours": row.our_amount, "currency": row.currency}

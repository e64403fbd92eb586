"""The few numbers that tell an operator whether anything waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Capture, Job, Payment
from billing_ui.queries.admin_payments import in_group, undecided_captures

# A webhook is tried again for an hour or so before anybody needs to know.
_TRIED_OFTEN = 5


@dataclass(frozen=True, slots=True)
class DeskNumbers:
    """`undecided` is money per currency that arrived and pays nothing yet."""

    undecided: tuple[tuple[str, int], ...]
    undecided_count: int
    oldest_at: datetime | None
    waiting: int
    stuck: int
    webhooks_failed: int
    jobs_parked: int


def desk_numbers(tx: Tx, now: datetime) -> DeskNumbers:
    waits = undecided_captures().with_only_columns(
        col(Capture.currency), func.sum(col(Capture.amount)), func.count(), func.min(col(Capture.recorded_at))
    )
    money = tx.execute(waits.group_by(col(Capture.currency)).order_by(col(Capture.currency))).all()
    is_webhook = col(Job.kind) == "inbox.handle"
    tried = (col(Job.state) == "dead") | ((col(Job.state) == "queued") & (col(Job.attempts) >= _TRIED_OFTEN))
    return DeskNumbers(
        undecided=tuple((currency, int(total)) for currency, total, _count, _at in money),
        undecided_count=sum(count for _currency, _total, count, _at in money),
        oldest_at=min((at for _currency, _total, _count, at in money), default=None),
        waiting=_many(tx, "waiting", now), stuck=_many(tx, "stuck", now),
        webhooks_failed=tx.scalar(select(func.count()).select_from(Job).where(is_webhook, tried)) or 0,
        jobs_parked=tx.scalar(select(func.count()).select_from(Job).where(~is_webhook, col(Job.state) == "dead")) or 0,
    )  # fmt: skip


def _many(tx: Tx, group: str, now: datetime) -> int:
    return tx.scalar(select(func.count()).select_from(Payment).where(in_group(group, now))) or 0

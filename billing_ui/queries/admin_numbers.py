"""The few numbers that tell an operator whether anything waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Job, Payment
from billing_ui.queries.admin_payments import in_group
from billing_ui.queries.captures import sums_undecided

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
    money = sums_undecided(tx)
    is_webhook = col(Job.kind) == "inbox.handle"
    tried = (col(Job.state) == "dead") | ((col(Job.state) == "queued") & (col(Job.attempts) >= _TRIED_OFTEN))
    return DeskNumbers(
        undecided=tuple((currency, left) for currency, _many, left, _since in sorted(money)),
        undecided_count=sum(many for _currency, many, _left, _since in money),
        oldest_at=min((since for _currency, _many, _left, since in money), default=None),
        waiting=_many(tx, "waiting", now), stuck=_many(tx, "stuck", now),
        webhooks_failed=tx.scalar(select(func.count()).select_from(Job).where(is_webhook, tried)) or 0,
        jobs_parked=tx.scalar(select(func.count()).select_from(Job).where(~is_webhook, col(Job.state) == "dead")) or 0,
    )  # fmt: skip


def _many(tx: Tx, group: str, now: datetime) -> int:
    return tx.scalar(select(func.count()).select_from(Payment).where(in_group(group, now))) or 0

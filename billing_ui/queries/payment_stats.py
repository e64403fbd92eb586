"""How payments went over a span of days: how many, how many were paid, how much, how soon; by method and by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.infra.dialects import Epoch
from billing_ui.kit.period import local_day, start_of_day
from billing_ui.models import Payment, Topup

# Every offset of a time zone is a whole number of these, so that local days are sums of them.
_SLOT_S = 900
MOST_DAYS = 366
_ENDED = ("failed", "expired")


@dataclass(slots=True)
class Tally:
    """`ended` failed or expired; what was canceled or still waits says nothing about success. `paid_amounts` are by
    currency, because sums never mix."""

    count: int = 0
    paid: int = 0
    ended: int = 0
    paid_amounts: dict[str, int] = field(default_factory=dict)

    @property
    def success_percent(self) -> int | None:
        """Of the payments that were decided by themselves; rounded down, so that 100 means all."""
        decided = self.paid + self.ended
        return self.paid * 100 // decided if decided else None


@dataclass(frozen=True, slots=True)
class PaymentStats:
    """`first_on` to `last_on`, both included, in `zone`; each payment counts on the day it was made. The median time
    from then until it was paid is exact; between two middle ones it is their mean, rounded down."""

    first_on: date
    last_on: date
    zone: str
    whole: Tally
    median_seconds: int | None
    methods: dict[str, Tally]
    days: dict[date, Tally]


def record(stats: PaymentStats) -> dict[str, Any]:
    """The same figures as plain data, for programs."""
    return {
        "from": stats.first_on.isoformat(), "to": stats.last_on.isoformat(), "zone": stats.zone,
        **_told(stats.whole), "median_seconds": stats.median_seconds,
        "methods": [{"method": name, **_told(tally)} for name, tally in stats.methods.items()],
        "days": [{"day": day.isoformat(), **_told(tally)} for day, tally in stats.days.items()],
    }  # fmt: skip


def _told(tally: Tally) -> dict[str, Any]:
    return {
        "count": tally.count, "paid": tally.paid, "ended": tally.ended, "success_percent": tally.success_percent,
        "paid_amounts": [{"amount": each, "currency": unit} for unit, each in sorted(tally.paid_amounts.items())],
    }  # fmt: skip


def payment_stats(tx: Tx, account_id: int | None, first_on: date, last_on: date, zone: str) -> PaymentStats:
    """Of one account, or of all of them. A span longer than a year keeps its last year."""
    first_on = max(first_on, last_on - timedelta(days=MOST_DAYS - 1))
    span = start_of_day(first_on, zone), start_of_day(last_on + timedelta(days=1), zone)
    days = {first_on + timedelta(days=n): Tally() for n in range((last_on - first_on).days + 1)}
    whole, methods = Tally(), dict[str, Tally]()
    for row in tx.execute(_counts(account_id, *span)):
        day = local_day(datetime.fromtimestamp(row.slot * _SLOT_S, UTC), zone)
        for tally in (whole, methods.setdefault(row.method, Tally()), days.setdefault(day, Tally())):
            _add(tally, row.status, row.currency, row.number, int(row.total))
    ordered = dict(sorted(methods.items(), key=lambda each: (-each[1].count, each[0])))
    return PaymentStats(first_on, last_on, zone, whole, _median(tx, account_id, span, whole.paid), ordered, days)


def _add(tally: Tally, status: str, currency: str, count: int, total: int) -> None:
    tally.count += count
    if status == "paid":
        tally.paid += count
        tally.paid_amounts[currency] = tally.paid_amounts.get(currency, 0) + total
    elif status in _ENDED:
        tally.ended += count


def _counts(account_id: int | None, start: datetime, end: datetime) -> Select[int, str, str, str, int, int]:
    groups = (_slot().label("slot"), col(Payment.method), col(Payment.status), col(Payment.currency))
    query = select(*groups, func.count().label("number"), func.sum(col(Payment.total_amount)).label("total"))
    return query.where(*_made(account_id, start, end)).group_by(*groups)


def _slot() -> ColumnElement[int]:
    seconds = Epoch(col(Payment.created_at))
    return (seconds - seconds % _SLOT_S) // _SLOT_S


def _made(account_id: int | None, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    made = [col(Payment.created_at) >= start, col(Payment.created_at) < end]
    return made if account_id is None else [col(Payment.account_id) == account_id, *made]


def _median(tx: Tx, account_id: int | None, span: tuple[datetime, datetime], paid: int) -> int | None:
    """The middle one or two, by place: the database sorts, nothing else travels."""
    if not paid:
        return None
    took = (Epoch(col(Topup.paid_at)) - Epoch(col(Payment.created_at))).label("took")
    query = (
        select(took)
        .select_from(Payment)
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(*_made(account_id, *span), col(Payment.status) == "paid", col(Topup.paid_at).is_not(None))
        .order_by(took)
    )
    middle = list(tx.scalars(query.offset((paid - 1) // 2).limit(2 - paid % 2)))
    return max(0, sum(middle) // len(middle)) if middle else None

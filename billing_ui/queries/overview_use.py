"""What the first page says about use: how far each limit is used up, the last thirty days, the month by operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billing_ui.infra.db import Tx
from billing_ui.kit.period import local_day
from billing_ui.ledger.terms import PlanTerms
from billing_ui.queries.limits import CurrentLimits, user_current_limits
from billing_ui.queries.usage import Used, UsedIn, usage
from billing_ui.rules.runway import runway_days

_DAYS = 30


@dataclass(frozen=True, slots=True)
class UseView:
    """`days` holds every day from the first to the last, used or not; `operations` those of the running month, the
    largest first. Both are of one meter, the one that a customer thinks in."""

    limits: CurrentLimits
    meter: str
    days: tuple[tuple[date, Used], ...]
    operations: tuple[UsedIn, ...]
    month: Used
    runway: int | None


def use_view(tx: Tx, terms: PlanTerms, account_id: int, meter: str, now: datetime) -> UseView:
    limits = user_current_limits(tx, terms, account_id, now)
    last = local_day(now, limits.zone)
    first = last - timedelta(days=_DAYS - 1)
    told = {row.group: row.used for row in usage(tx, account_id, first, last, "day").rows if row.meter == meter}
    every = (first + timedelta(days=number) for number in range(_DAYS))
    days = tuple((day, told.get(day.isoformat(), Used())) for day in every)
    month = usage(tx, account_id, last.replace(day=1), last, "operation")
    operations = sorted(
        (row for row in month.rows if row.meter == meter), key=lambda row: (-row.used.quantity, row.group)
    )
    charged = [(day, used.charged) for day, used in days if used.charged]
    since = (last - charged[0][0]).days + 1 if charged else 0
    return UseView(
        limits, meter, days, tuple(operations), month.totals.get(meter, Used()),
        runway_days(limits.spendable, sum(quantity for _, quantity in charged), since),
    )  # fmt: skip

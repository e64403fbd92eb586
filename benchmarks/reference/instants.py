"""What a reference has to know of the calendar: reckoned once for a turn, where the product reckons for each event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from benchmarks.stock import ZONE
from billing_ui.kit.period import local_day
from billing_ui.rules.quotas import KINDS, Calendar


class Instants(NamedTuple):
    at: datetime
    hour_at: datetime
    day_on: date
    month_on: date
    windows: dict[str, int]


def instants() -> Instants:
    at = datetime.now(UTC)
    day_on = local_day(at, ZONE)
    frames = Calendar(ZONE, day_on.replace(day=1)).windows(at)
    starts = {kind: frames[kind].starts for kind in KINDS}
    return Instants(at, at.replace(minute=0, second=0, microsecond=0), day_on, day_on.replace(day=1), starts)

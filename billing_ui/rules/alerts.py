"""When people are written to because a balance or a limit is going to end. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from billing_ui.rules import quotas
from billing_ui.rules.usage import Standing
from billing_ui.rules.usage_warnings import Thresholds

Kind = Literal["balance_low", "balance_critical", "quota_near", "quota_reached"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. It is the same one until its window is over: for a balance that is the day."""

    kind: Kind
    starts: int
    meter: str = ""
    window: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.meter}:{self.window}:{self.starts}"


def raised(standing: Standing, before: int, balance: int, thresholds: Thresholds, now: datetime) -> Iterator[Alert]:
    """What use has brought about: a balance that fell from `before` through a threshold, limits that come to an end."""
    terms, running = standing.terms, standing.calendar.windows(now)
    # Who may use more than was paid for is not stopped by a balance.
    if not terms.has_overage and balance < before:
        levels: tuple[tuple[Kind, int], ...] = (
            ("balance_critical", thresholds.critical_tokens), ("balance_low", thresholds.low_tokens),
        )  # fmt: skip
        fell = (kind for kind, threshold in levels if before >= threshold > balance)
        yield from (Alert(kind, running["day"].starts) for kind in list(fell)[:1])
    for limit in terms.limits:
        # A limit of nothing at all is a feature of another plan.
        if not isinstance(limit.quantity, int) or limit.quantity == 0:
            continue
        used = quotas.used(standing.windows, limit.meter, limit.window, running[limit.window])
        percent = used * 100 // limit.quantity
        if percent >= thresholds.warning_percent:
            kind: Kind = "quota_reached" if percent >= 100 else "quota_near"
            yield Alert(kind, running[limit.window].starts, limit.meter, limit.window)

"""May this be used, and what pays for it: limits cap, then the plan's allowance, then lots, then overage. Pure.

`check`, `record`, `reserve` and `settle` all ask here, so none of them can disagree with another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from billing_ui.rules import quotas
from billing_ui.rules.plans import Limit
from billing_ui.rules.quotas import Calendar, LimitState, Windows

Reason = Literal["quota_exceeded", "insufficient_balance", "feature_not_in_plan", "soft_locked", "limited"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan version promises, as far as use is concerned. `paid` is the meter that must be paid for, if any;
    the others are only counted."""

    plan: str
    paid: str | None
    limits: tuple[Limit, ...]
    included: int
    has_overage: bool
    months: int

    def limits_of(self, meter: str) -> tuple[Limit, ...]:
        return tuple([limit for limit in self.limits if limit.meter == meter])


# What is made for every event is not frozen: it would take four times as long to make.
@dataclass(slots=True)
class Need:
    """What one event draws of each meter, and when that is."""

    operation: str
    draws: Mapping[str, int]
    at: datetime
    is_open_to_limited: bool = False


@dataclass(slots=True)
class Standing:
    """What an account may use up at one instant. `spendable` is what its lots and its overdraft would still pay; while
    something is `owed`, nothing that must be paid for may be used, whatever the plan includes."""

    access: str
    terms: Terms
    calendar: Calendar
    windows: Windows
    spendable: int
    owed: int = 0

    def allowance_left(self, at: datetime, now: datetime) -> int:
        """What is left of the plan's included quantity in the period of an instant."""
        if self.terms.paid is None or not self.terms.included:
            return 0
        return max(self.terms.included - quotas.included_used(self.windows, self.terms.paid, at, now, self.calendar), 0)

    def limits(self, meter: str, now: datetime) -> tuple[LimitState, ...]:
        return quotas.states(self.windows, self.terms.limits_of(meter), now, self.calendar)


@dataclass(slots=True)
class Cover:
    """Where the paid part of an event comes from. `uncovered` is charged to nobody."""

    allowance: int = 0
    from_lots: int = 0
    overage: int = 0
    uncovered: int = 0

    @property
    def charged(self) -> int:
        """What somebody pays for."""
        return self.allowance + self.from_lots + self.overage


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: the limit that binds and when it resets, or what is missing."""

    reason: Reason
    meter: str | None = None
    window: str | None = None
    limit: int | None = None
    used: int | None = None
    needed: int | None = None
    available: int | None = None
    resets_at: datetime | None = None


def charge(
    input_tokens: int, output_tokens: int, cached_tokens: int, input_milli: int, output_milli: int, cached_milli: int
) -> int:
    """Tokens by weights in thousandths, rounded up once; at least 1 when anything was used."""
    weighed = input_tokens * input_milli + output_tokens * output_milli + cached_tokens * cached_milli
    used = input_tokens + output_tokens + cached_tokens
    return max(-(-weighed // 1000), 1 if used else 0)


def cover(standing: Standing, need: Need, now: datetime, *, must_take: bool = False) -> Cover | Refusal:
    """What pays for the need, or why it may not be. What `must_take` says has happened already, so nothing refuses."""
    refused = None if must_take else _access(standing, need) or _limits(standing, need, now)
    if refused is not None:
        return refused
    paid = standing.terms.paid
    quantity = 0 if paid is None else need.draws.get(paid, 0)
    if paid is None or quantity == 0:
        return Cover()
    if standing.owed > 0 and not must_take:
        return Refusal("insufficient_balance", meter=paid, needed=quantity, available=0)
    left = standing.allowance_left(need.at, now)
    allowance = min(quantity, left)
    from_lots = min(quantity - allowance, max(standing.spendable, 0))
    rest = quantity - allowance - from_lots
    if rest == 0 or standing.terms.has_overage:
        return Cover(allowance, from_lots, rest)
    if must_take:
        return Cover(allowance, from_lots, 0, rest)
    return Refusal("insufficient_balance", meter=paid, needed=quantity, available=left + max(standing.spendable, 0))


def _access(standing: Standing, need: Need) -> Refusal | None:
    if standing.access == "locked":
        return Refusal("soft_locked")
    if standing.access == "limited" and not need.is_open_to_limited:
        return Refusal("limited")
    return None


def _limits(standing: Standing, need: Need, now: datetime) -> Refusal | None:
    """The limit that binds: of those that refuse, the one that keeps refusing longest."""
    terms, calendar = standing.terms, standing.calendar
    running, then = calendar.windows(now), calendar.windows(need.at)
    binding: list[LimitState] = []
    for meter, quantity in need.draws.items():
        limits = terms.limits_of(meter)
        if meter != terms.paid and (not limits or any(limit.quantity == 0 for limit in limits)):
            return Refusal("feature_not_in_plan", meter=meter)
        for limit in limits:
            frame, most = running[limit.window], limit.quantity
            # A window that is over caps nothing any more: an event that comes late is counted, not refused, by it.
            if not isinstance(most, int) or then[limit.window].starts != frame.starts:
                continue
            if quantity > max(most - quotas.used(standing.windows, meter, limit.window, frame), 0):
                binding.append(quotas.state(standing.windows, limit, now, calendar))
    if not binding:
        return None
    worst = max(binding, key=lambda one: (one.resets_at is None, one.resets_at or now))
    assert isinstance(worst.limit.quantity, int)
    return Refusal(
        "quota_exceeded", meter=worst.limit.meter, window=worst.limit.window, limit=worst.limit.quantity,
        used=worst.used, needed=need.draws[worst.limit.meter], available=worst.remaining, resets_at=worst.resets_at,
    )  # fmt: skip

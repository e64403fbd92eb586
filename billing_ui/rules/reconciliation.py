"""The words of reconciliation: buckets, actions, spans of time, and the lists of the same money that are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from billing_ui.kit.amount import Amount
from billing_ui.kit.period import local_day, start_of_day
from billing_ui.rules.facts import TransactionKind

Bucket = Literal["gateway_only", "ours_only", "amount", "ledger"]
Action = Literal["import", "identify", "ask_gateway", "compare", "check_books"]
_ACTIONS: dict[Bucket, Action] = {"ours_only": "ask_gateway", "amount": "compare", "ledger": "check_books"}
BUCKETS: tuple[Bucket, ...] = ("gateway_only", "ours_only", "amount", "ledger")

ZONE = "Asia/Jakarta"
# A day is compared again for two more days, so that what the gateway lists late closes by itself.
OVERLAP = timedelta(hours=48)
# The gateway's clock and ours may disagree about which side of midnight something fell on.
MARGIN = timedelta(hours=1)
# The gateway may tell of a payment before its own list shows it.
SETTLES_IN = timedelta(hours=1)
ROUND_AT = timedelta(hours=3)
MOST_SPANS = 50
UNKNOWN_FOR_LONG = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Stored:
    """A capture or refund as we stored it, with what the books hold for it: None where nothing was posted."""

    kind: TransactionKind
    gateway_payment_id: str
    payment_id: int | None
    reference: str
    amount: Amount
    booked: int | None
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """Money in the books under a gateway id that we stored no capture or refund for."""

    kind: TransactionKind
    gateway_payment_id: str
    amount: Amount
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends included."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until

    def widened(self, margin: timedelta) -> Span:
        return Span(self.since - margin, self.until + margin)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not tie, with what a person should do about it."""

    bucket: Bucket
    kind: TransactionKind
    gateway_payment_id: str
    payment_id: int | None
    reference: str
    gateway_amount: int | None
    our_amount: int | None
    currency: str
    happened_at: datetime

    @property
    def action(self) -> Action:
        return action_for(self.bucket, is_ours=self.payment_id is not None)


@dataclass(slots=True)
class Tally:
    """How many, and how much of each currency; currencies are never added up."""

    count: int = 0
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, amount: Amount) -> None:
        self.put(amount.quantity, amount.unit)

    def put(self, quantity: int, unit: str) -> None:
        self.count += 1
        self.sums[unit] += quantity

    def told(self) -> dict[str, object]:
        return {"count": self.count, "sums": dict(self.sums)}


@dataclass(frozen=True, slots=True)
class Tie:
    """What came of one comparison. `young` is money too fresh for the gateway's list: neither right nor wrong."""

    findings: tuple[Finding, ...]
    matched: Tally
    young: Tally


def action_for(bucket: Bucket, *, is_ours: bool) -> Action:
    """What to do next. Only `import` is ever done without a person: it reads back before it believes anything."""
    if bucket == "gateway_only":
        return "import" if is_ours else "identify"
    return _ACTIONS[bucket]


def next_round(now: datetime) -> datetime:
    """Three in the morning in Jakarta, today or tomorrow: the day is over, and few people pay."""
    today = start_of_day(local_day(now, ZONE), ZONE) + ROUND_AT
    return today if now < today else start_of_day(local_day(now + timedelta(days=1), ZONE), ZONE) + ROUND_AT


def merged(spans: Iterable[Span], most: int = MOST_SPANS) -> tuple[Span, ...]:
    """The same time with no moment in two spans, so that nothing is asked for twice. Too many are joined over the
    smallest gaps: a little more is looked at, nothing less."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.since):
        if joined and span.since <= joined[-1].until:
            joined[-1] = Span(joined[-1].since, max(joined[-1].until, span.until))
        else:
            joined.append(span)
    if len(joined) <= most:
        return tuple(joined)
    gaps = sorted((after.since - before.until for before, after in pairwise(joined)), reverse=True)
    widest = gaps[most - 1]
    coarse = [joined[0]]
    for span in joined[1:]:
        if span.since - coarse[-1].until > widest:
            coarse.append(span)
        else:
            coarse[-1] = Span(coarse[-1].since, span.until)
    return tuple(coarse)

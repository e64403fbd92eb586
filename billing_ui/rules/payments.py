"""What may become of a payment: the status machine, what an arrived capture means, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from billing_ui.kit.amount import Amount

Status = Literal[
    "created", "pending", "processing", "paid", "failed", "expired", "canceled", "unknown", "review"
]  # fmt: skip
PurchaseStatus = Literal["open", "paid", "review", "void"]
Happening = Literal[
    "opened", "working", "captured", "mismatched", "failed", "expired", "canceled", "unsure", "returned",
]  # fmt: skip
Outcome = Literal["credited", "extra", "held"]

STATUSES: tuple[Status, ...] = (
    "created", "pending", "processing", "paid", "failed", "expired", "canceled", "unknown", "review",
)  # fmt: skip
HAPPENINGS: tuple[Happening, ...] = (
    "opened", "working", "captured", "mismatched", "failed", "expired", "canceled", "unsure", "returned",
)  # fmt: skip
UNDECIDED: frozenset[Status] = frozenset({"created", "pending", "processing", "unknown"})
# Money can still arrive for these: a code keeps working at the gateway after we stopped counting on it.
WATCHED: frozenset[Status] = UNDECIDED | {"expired", "canceled", "failed"}


def next_status(current: Status, happening: Happening) -> Status:
    """Total: every status answers every happening. Money always wins; nothing ever leaves `paid`."""
    if current == "paid" or happening == "captured":
        return "paid"
    if happening == "mismatched":
        return "review"
    if happening == "returned":
        # What was under review has gone back: nothing came of this attempt.
        return "canceled" if current == "review" else current
    if current not in UNDECIDED:
        return current
    match happening:
        case "opened":
            return "pending"
        case "working":
            return "processing"
        case "unsure":
            return "unknown" if current == "created" else current
    return happening


def outcome_of(purchase: PurchaseStatus, expected: Amount, arrived: Amount) -> Outcome:
    """The first right capture pays the purchase; a further one is extra; a wrong amount or currency is held."""
    if arrived != expected:
        return "held"
    return "extra" if purchase == "paid" else "credited"


@dataclass(frozen=True, slots=True)
class Watch:
    """How closely a payment is being watched: its age, how long its page has been open, whether a tab is open now.

    `decided_at`: when the gateway surely knows how it ended, for a method that says so.
    """

    created_at: datetime
    watched_at: datetime | None
    is_open_now: bool
    decided_at: datetime | None = None


_STEPS = tuple(timedelta(seconds=seconds) for seconds in (3, 5, 8, 15, 30, 60))
OPEN_PAGE = timedelta(seconds=8)
# (up to this age, look this often). A young unwatched payment is seen well inside a minute.
_RHYTHM: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=1), timedelta(seconds=40)),
    (timedelta(hours=6), timedelta(minutes=10)),
    (timedelta(hours=49), timedelta(hours=1)),
)


def next_look(watch: Watch, now: datetime) -> datetime | None:
    """When to ask the gateway again; None once the gateway itself no longer takes money for it."""
    age = now - watch.created_at
    gap = next((gap for limit, gap in _RHYTHM if age < limit), None)
    if gap is None:
        return None
    if watch.is_open_now:
        gap = min(gap, OPEN_PAGE)
    if watch.watched_at is not None:
        since = now - watch.watched_at
        step = next((step for step in _STEPS if step > since), None)
        gap = min(gap, step - since) if step is not None else gap
    due = now + gap
    return min(due, watch.decided_at) if watch.decided_at is not None and now < watch.decided_at else due


# A request whose answer was lost is looked for in the gateway's list of money: seldom, for few can be paid at all.
_SEARCHES: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=6), timedelta(minutes=15)),
    (timedelta(hours=49), timedelta(hours=2)),
)


def next_search(created_at: datetime, now: datetime) -> datetime | None:
    """When to look again for a request whose answer was lost; None when nobody can pay it any more."""
    gap = next((gap for limit, gap in _SEARCHES if now - created_at < limit), None)
    return None if gap is None else now + gap


# (up to this age, this many percent of the budget of looks). When it is short the oldest wait first.
_SHARES: tuple[tuple[timedelta, int], ...] = (
    (timedelta(minutes=10), 100),
    (timedelta(hours=1), 75),
    (timedelta(hours=6), 50),
)
_LAST_SHARE = 25
_LONGEST_REST = timedelta(minutes=1)


def standing(age: timedelta, since_look: timedelta) -> timedelta:
    """The age that counts when looks are short: twice as long without a look as it should be, half as old.

    So the young go first, and nobody who waits is forgotten.
    """
    gap = next((gap for limit, gap in _RHYTHM if age < limit), _RHYTHM[-1][1])
    return age if since_look <= gap else age * (gap / since_look)


def looks_allowed(budget: int, age: timedelta) -> int:
    """How many looks of the last minute there may be for a payment of this age to get one more; never none."""
    percent = next((percent for limit, percent in _SHARES if age < limit), _LAST_SHARE)
    return max(1, budget * percent // 100)


def put_off(free_at: datetime, age: timedelta) -> datetime:
    """When to look after all: the younger the payment, the sooner after there is room again."""
    return free_at + min(age / 60, _LONGEST_REST)

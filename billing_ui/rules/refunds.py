"""What a sum of money bought, what goes back with a part of it, and what may become of money that paid nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from billing_ui.kit.amount import half_up
from billing_ui.rules.methods import Method

Decision = Literal["credited", "refunded", "paid_out"]
RefundStatus = Literal["asked", "pending", "succeeded", "failed", "canceled", "unknown"]
NoWayBack = Literal["method", "whole"]
Standing = Literal["", "partly_refunded", "refunded", "disputed"]

DECISIONS: tuple[Decision, ...] = ("credited", "refunded", "paid_out")
# Nothing more will happen to these by themselves.
OVER: frozenset[RefundStatus] = frozenset({"succeeded", "failed", "canceled"})
# Money that may leave any moment counts as gone when somebody asks how much is left.
UNDER_WAY: frozenset[RefundStatus] = frozenset({"asked", "pending", "unknown"})


@dataclass(frozen=True, slots=True)
class Sold:
    """What one sum of money bought at the terms of its purchase. `amount` covers price, fee and tax."""

    amount: int
    fee: int
    tax: int
    tokens: int

    @property
    def price(self) -> int:
        return self.amount - self.fee - self.tax


def bought_by(arrived: int, terms: Sold) -> Sold:
    """What a sum buys at the rate of these terms: the same sum the same tokens, another one its share, rounded down."""
    return Sold(
        amount=arrived,
        fee=half_up(terms.fee * arrived, terms.amount),
        tax=half_up(terms.tax * arrived, terms.amount),
        tokens=terms.tokens * arrived // terms.amount,
    )


def going_back(sold: Sold, before: int, amount: int) -> Sold:
    """What goes with `amount` after `before` has gone back already. Any way of parts adds up to exactly the whole."""
    if not 0 <= before <= before + amount <= sold.amount:
        raise ValueError("more cannot go back than came")
    then, since = _share(sold, before + amount), _share(sold, before)
    return Sold(amount, then.fee - since.fee, then.tax - since.tax, then.tokens - since.tokens)


def _share(sold: Sold, amount: int) -> Sold:
    return Sold(
        amount,
        half_up(sold.fee * amount, sold.amount),
        half_up(sold.tax * amount, sold.amount),
        half_up(sold.tokens * amount, sold.amount),
    )


def refundable(sold: Sold, before: int, unspent: int) -> int:
    """The most money that may go back while only unspent tokens leave with it; found by halving, for it only grows."""
    low, high = 0, sold.amount - before
    while low < high:
        middle = (low + high + 1) // 2
        fits = going_back(sold, before, middle).tokens <= unspent
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def no_way_back(method: Method, amount: int, came: int) -> NoWayBack | None:
    """Why the gateway cannot give back this much of a sum that came by this method; None when it can."""
    if not method.refundable:
        return "method"
    return "whole" if method.whole_only and amount != came else None


def standing(credited: int, refunded: int, *, is_disputed: bool) -> Standing:
    """What is said of a paid purchase besides that it is paid; a dispute is the more urgent news."""
    if is_disputed:
        return "disputed"
    if refunded <= 0:
        return ""
    return "refunded" if refunded >= credited else "partly_refunded"


# (up to this age, ask the gateway this often). Banks take days; after a fortnight a person has to.
_RHYTHM: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(days=14), timedelta(hours=6)),
)


def next_look(asked_at: datetime, now: datetime) -> datetime | None:
    """When to ask again what became of a refund; None when it is left to a person."""
    gap = next((gap for limit, gap in _RHYTHM if now - asked_at < limit), None)
    return None if gap is None else now + gap

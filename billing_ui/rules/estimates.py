"""The price page's calculator: of all that is on sale, what covers a month's need for the least money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from billing_ui.kit.amount import ceiling, half_up
from billing_ui.rules.plans import Interval, Limit, PlanKind, Ratio

_MONTHS_PER_YEAR = 12
_DIAL_STEPS = 60


@dataclass(frozen=True, slots=True)
class Need:
    """So much of a meter within one month. A paid meter must be paid for; a counted one must only be allowed."""

    meter: str
    quantity: int
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """Tokens for money, bought as often as needed."""

    amount: int
    tokens: int


@dataclass(frozen=True, slots=True)
class AnyAmount:
    """Tokens for an amount that the customer chooses."""

    minimum: int
    maximum: int
    step: int
    tokens_num: int
    tokens_den: int

    def price_of(self, tokens: int) -> int | None:
        amount = ceiling(tokens * self.tokens_den, self.tokens_num)
        stepped = max(self.minimum, ceiling(amount, self.step) * self.step)
        return stepped if stepped <= self.maximum else None


@dataclass(frozen=True, slots=True)
class Offered:
    """One plan as the calculator weighs it."""

    slug: str
    kind: PlanKind
    price_amount: int
    interval: Interval | None
    included_tokens: int
    limits: tuple[Limit, ...]
    overage: Ratio | None
    packs: tuple[Pack, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cheapest plan, and what the month costs with it."""

    slug: str
    amount: int


def cheapest(need: Need, offered: Iterable[Offered], any_amount: AnyAmount | None = None) -> Estimate | None:
    """The plan that covers the need for the least; of two alike the one shown first. None when none covers it."""
    priced = ((plan.slug, month_of(plan, need, any_amount)) for plan in offered)
    found = [Estimate(slug, amount) for slug, amount in priced if amount is not None]
    return min(found, key=lambda estimate: estimate.amount, default=None)


def month_of(plan: Offered, need: Need, any_amount: AnyAmount | None = None) -> int | None:
    """What a month of this need costs on a plan; None when the plan does not allow that much."""
    if not _allows(plan, need):
        return None
    base = _monthly(plan)
    missing = need.quantity - plan.included_tokens
    if not need.is_paid or missing <= 0:
        return base
    if plan.overage is not None:
        return base + plan.overage.times(missing)
    bought = _tokens_for(missing, plan, any_amount)
    return None if bought is None else base + bought


def dial_step(maximum: int) -> int:
    """A round step (1, 2 or 5 with zeros) that brings a slider from end to end in at most sixty."""
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    return int(next(step for step in steps if step * _DIAL_STEPS >= maximum))


def _allows(plan: Offered, need: Need) -> bool:
    """A plan that says nothing about a counted meter does not offer it; about a paid one, it sets no cap."""
    caps = [limit for limit in plan.limits if limit.meter == need.meter and limit.window in {"month", "total"}]
    if not caps:
        return need.is_paid
    return all(not isinstance(cap.quantity, int) or need.quantity <= cap.quantity for cap in caps)


def _monthly(plan: Offered) -> int:
    """Choosing a prepaid plan costs nothing; its price tells what one thing costs, about."""
    if plan.kind == "prepaid":
        return 0
    return half_up(plan.price_amount, _MONTHS_PER_YEAR) if plan.interval == "year" else plan.price_amount


def _tokens_for(tokens: int, plan: Offered, any_amount: AnyAmount | None) -> int | None:
    """The cheapest way to buy so many: one package as often as needed, or an amount of one's own."""
    if plan.kind != "prepaid":
        return None
    ways = [ceiling(tokens, pack.tokens) * pack.amount for pack in plan.packs]
    own = any_amount.price_of(tokens) if any_amount is not None else None
    return min([*ways, *([own] if own is not None else [])], default=None)

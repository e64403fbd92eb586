"""What a plan promises, how its card stands for a customer, and what an edited catalogue file does to the rows sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from billing_ui.kit.amount import Amount, half_up
from billing_ui.kit.period import Window

PlanKind = Literal["free", "prepaid", "subscription"]
Interval = Literal["month", "year"]
CardState = Literal["current", "scheduled", "available", "soon"]
ChangeKind = Literal["create", "replace", "close", "keep"]

UNLIMITED_WORD: Final = "unlimited"


class Unlimited(Enum):
    """The one value that stands for "no limit"; a catalogue file writes -1."""

    UNLIMITED = UNLIMITED_WORD


UNLIMITED: Final = Unlimited.UNLIMITED
Quantity = int | Unlimited


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much of a meter per window. Limits only cap; they never pay."""

    meter: str
    window: Window
    quantity: Quantity

    @property
    def is_unlimited(self) -> bool:
        return self.quantity is UNLIMITED

    def stored(self) -> dict[str, str | int]:
        quantity = self.quantity if isinstance(self.quantity, int) else UNLIMITED_WORD
        return {"meter": self.meter, "window": self.window, "quantity": quantity}

    @classmethod
    def of(cls, stored: Mapping[str, str | int]) -> Limit:
        quantity = stored["quantity"]
        window: Window = stored["window"]  # type: ignore[assignment]  # only `stored` above wrote it
        known: Quantity = UNLIMITED if quantity == UNLIMITED_WORD else int(quantity)
        return cls(str(stored["meter"]), window, known)


@dataclass(frozen=True, slots=True)
class Ratio:
    """So much of one unit for so much of another: Rp 10 per 1,000 tokens. Multiplied first, rounded once."""

    num: int
    den: int

    def times(self, quantity: int) -> int:
        return half_up(quantity * self.num, self.den)


def worth(tokens: int, rate: Ratio, currency: str) -> Amount:
    """What so many tokens look like in money, for the eye only; no price is ever computed back from it."""
    return Amount(rate.times(tokens), currency)


def card_state(slug: str, *, is_disabled: bool, current: str | None = None, scheduled: str | None = None) -> CardState:
    """How a plan's card stands for one customer; a visitor without an account has neither current nor scheduled."""
    if slug == current:
        return "current"
    if slug == scheduled:
        return "scheduled"
    return "soon" if is_disabled else "available"


@dataclass(frozen=True, slots=True)
class Sold:
    """The row of a slug that is sold today, as far as the decision below needs to know it."""

    content_hash: str
    changed_at_desk: bool


def change(wanted_hash: str | None, sold: Sold | None, *, overwrite: bool) -> ChangeKind | None:
    """What the file asks of one slug: nothing, a first row, a new version, an end, or hands off what the desk made."""
    if sold is None:
        return None if wanted_hash is None else "create"
    if sold.content_hash == wanted_hash:
        return None
    if sold.changed_at_desk and not overwrite:
        return "keep"
    return "close" if wanted_hash is None else "replace"

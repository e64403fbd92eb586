"""How far the meters of an account are used up, each with all its limits and the one that binds first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from billing_ui.rules.quotas import KINDS, LimitState
from billing_ui.rules.usage import Standing

_LENGTH = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(slots=True)
class MeterState:
    """One meter at one instant. Without a limit that is a number it is unlimited."""

    meter: str
    limits: tuple[LimitState, ...]

    @property
    def tightest(self) -> LimitState | None:
        """The limit that leaves least; of several that leave as much, the one that keeps refusing longest."""
        found: LimitState | None = None
        least = 0
        for one in self.limits:
            left = one.remaining
            if left is None or (found is not None and left > least):
                continue
            if found is None or left < least or _LENGTH[one.limit.window] > _LENGTH[found.limit.window]:
                found, least = one, left
        return found

    @property
    def is_unlimited(self) -> bool:
        return self.tightest is None


def meters(standing: Standing, now: datetime, among: Iterable[str] | None = None) -> dict[str, MeterState]:
    """The meters asked for, or all that the plan knows: the paid one first, then in the order of its limits."""
    terms = standing.terms
    known = ([terms.paid] if terms.paid else []) + [limit.meter for limit in terms.limits]
    return {meter: MeterState(meter, standing.limits(meter, now)) for meter in (known if among is None else among)}

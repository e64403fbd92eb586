"""What a spend burns: which lots are open to it, in which order, and what they cannot cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

_NEVER = datetime.max.replace(tzinfo=UTC)


def is_due(expires_at: datetime | None, now: datetime, *, is_frozen: bool) -> bool:
    """Whether the time of a lot is up. A frozen one waits for the end of its dispute first."""
    return not is_frozen and expires_at is not None and expires_at <= now


@dataclass(slots=True)
class OpenLot:
    """Tokens that came in together, as far as they are left. Whoever decides about a batch takes them out of here."""

    id: int
    public_id: str
    priority: int
    expires_at: datetime | None
    remaining: int
    is_frozen: bool = False

    def is_due(self, now: datetime) -> bool:
        return is_due(self.expires_at, now, is_frozen=self.is_frozen)

    def burns(self, now: datetime) -> bool:
        return not self.is_frozen and (self.expires_at is None or self.expires_at > now)


class Draw(NamedTuple):
    """So many tokens out of one lot; no lot means that nothing covered them."""

    lot_id: int | None
    quantity: int


def burn_order(lots: Iterable[OpenLot], now: datetime) -> list[OpenLot]:
    """The lots a spend may touch: lowest priority number first, then the earliest expiry, then the oldest."""
    usable = [lot for lot in lots if lot.burns(now)]
    if len(usable) > 1:
        usable.sort(key=lambda lot: (lot.priority, lot.expires_at or _NEVER, lot.id))
    return usable


def burn(ordered: Iterable[OpenLot], quantity: int) -> list[Draw]:
    """Takes a quantity out of lots already in burn order. What they cannot cover is the last draw, without a lot."""
    draws: list[Draw] = []
    for lot in ordered:
        if quantity == 0:
            break
        taken = min(lot.remaining, quantity)
        if taken:
            draws.append(Draw(lot.id, taken))
            quantity -= taken
    if quantity:
        draws.append(Draw(None, quantity))
    return draws

"""Whole quantities of a unit (tokens, rupiah, cents) and exact ratios between them. Nothing here is ever a float."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=False)
class Amount:
    """So many of a unit. IDR counts whole rupiah, USD counts cents, TOKEN counts tokens."""

    quantity: int
    unit: str

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.quantity + self._same(other).quantity, self.unit)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.quantity - self._same(other).quantity, self.unit)

    def __lt__(self, other: Amount) -> bool:
        return self.quantity < self._same(other).quantity

    def __le__(self, other: Amount) -> bool:
        return self.quantity <= self._same(other).quantity

    def _same(self, other: Amount) -> Amount:
        if other.unit != self.unit:
            raise ValueError(f"{self.unit} and {other.unit} do not mix")
        return other


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator / denominator; a half goes away from zero."""
    if denominator <= 0:
        raise ValueError("a ratio needs a denominator above zero")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def ceiling(numerator: int, denominator: int) -> int:
    """The smallest whole number that is not below numerator / denominator."""
    if denominator <= 0:
        raise ValueError("a ratio needs a denominator above zero")
    return -(-numerator // denominator)

"""Where the marks of a chart stand. Pure integers in the units of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 96
MOST_BARS = 30
_GAP_OF_BAR = 4  # a bar takes three of four parts of its place
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: `lower` stands on the ground, `upper` on top of it."""

    x: int
    width: int
    lower: int
    upper: int

    @property
    def lower_y(self) -> int:
        return HEIGHT - self.lower

    @property
    def upper_y(self) -> int:
        return HEIGHT - self.lower - self.upper


def bundle(count: int) -> int:
    """How many neighbours stand in one bar, so that there are never too many bars."""
    return max(1, -(-count // MOST_BARS))


def stacked(values: Sequence[tuple[int, int]]) -> list[Bar]:
    """Bars of (lower, upper) values side by side; the highest fills the drawing, and what is there can be seen."""
    highest = max((lower + upper for lower, upper in values), default=0)
    place = WIDTH // max(1, len(values))
    width = min(24, max(2, place - place // _GAP_OF_BAR))
    return [
        Bar(n * place + (place - width) // 2, width, _height(lower, highest), _height(upper, highest))
        for n, (lower, upper) in enumerate(values)
    ]


def _height(value: int, highest: int) -> int:
    if value <= 0:
        return 0
    return max(_LEAST, value * (HEIGHT - _LEAST) // highest)

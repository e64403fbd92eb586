"""What one turn of a variant comes to: how much was done in which time, how long each took, or a plain figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles

# A turn lasts about so many seconds and tells what it came to.
Variant = Callable[[float], "Sample"]


class Cold:
    """A variant that begins every turn with new connections: warming it up once would change nothing."""

    def __init__(self, turn: Variant) -> None:
        self._turn = turn

    def __call__(self, seconds: float) -> Sample:
        return self._turn(seconds)


@dataclass(frozen=True, slots=True)
class Sample:
    """`taken` in seconds, one per operation, where each was timed; `value` where something else was measured."""

    operations: float = 0.0
    seconds: float = 0.0
    taken: Sequence[float] = ()
    value: float | None = None

    def figures(self) -> dict[str, float]:
        """What can be said of it: value, or per second and percentiles in milliseconds."""
        if self.value is not None:
            return {"value": self.value}
        told = {"per_second": self.operations / self.seconds}
        if len(self.taken) >= 2:
            cuts = quantiles(self.taken, n=100, method="inclusive")
            told |= {f"p{at}_ms": cuts[at - 1] * 1000 for at in (50, 95, 99)}
        return told

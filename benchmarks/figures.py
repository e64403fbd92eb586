"""Figures that stand for themselves: measured once, and held to a bound where there is one."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        is_small_enough = self.at_most is None or self.value <= self.at_most
        return is_small_enough and (self.at_least is None or self.value >= self.at_least)


@dataclass(frozen=True, slots=True)
class Measured:
    scenario: str
    machine: str
    figures: tuple[Figure, ...]

    @property
    def holds(self) -> bool:
        return all(figure.holds for figure in self.figures)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"holds": self.holds}

    def lines(self) -> list[str]:
        return [f"{self.scenario}  ({self.machine})", *map(_line, self.figures)]


class Measurement(Protocol):
    """What a module in `scenarios/` offers that is not a comparison."""

    NAME: str

    def measure(self) -> tuple[Figure, ...]: ...


def run(scenario: Measurement) -> Measured:
    return Measured(scenario.NAME, f"{platform.machine()}, Python {platform.python_version()}", scenario.measure())


def _line(figure: Figure) -> str:
    told = f"  {figure.name:<58}{figure.value:>8.0f} {figure.unit:<7}"
    bounds = (("<=", figure.at_most), (">=", figure.at_least))
    goals = [f"goal {sign} {bound:.0f}" for sign, bound in bounds if bound is not None]
    if not goals:
        return told + "for orientation"
    return told + f"{', '.join(goals)}  {'holds' if figure.holds else 'MISSED'}"

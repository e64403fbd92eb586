"""Runs the variants of a scenario in many short, interleaved rounds and compares them by the ratio of each round.

Short rounds, because a busy neighbour then slows all variants of a round alike and the ratio holds.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from random import Random
from statistics import median, quantiles
from typing import Any, Protocol

WARM_UP = 50
_RESAMPLES = 5000

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Goal:
    """The product variant must reach `at_least` times the reference's operations per second."""

    product: str
    reference: str
    at_least: float
    gates: bool = True


class Scenario(Protocol):
    """What a module in `scenarios/` offers. Leaving the block checks that what was written is right."""

    NAME: str
    GOALS: tuple[Goal, ...]

    def variants(self) -> AbstractContextManager[Mapping[str, Act]]: ...


@dataclass(frozen=True, slots=True)
class Speed:
    """Operations per second of one variant over all rounds, and how long one takes."""

    per_second: float
    slowest_round: float
    fastest_round: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal and what was measured: the median ratio of the rounds and its 95 % range by resampling."""

    goal: Goal
    ratio: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low >= self.goal.at_least or not self.goal.gates


@dataclass(frozen=True, slots=True)
class Result:
    scenario: str
    machine: str
    speeds: Mapping[str, Speed]
    verdicts: tuple[Verdict, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def run(scenario: Scenario, rounds: int, seconds: float, seed: int = 1) -> Result:
    dice = Random(seed)
    with scenario.variants() as variants:
        for act in variants.values():
            for _ in range(WARM_UP):
                act()
        samples: dict[str, list[list[float]]] = {name: [] for name in variants}
        for _ in range(rounds):
            order = list(variants)
            dice.shuffle(order)
            for name in order:
                samples[name].append(_one_round(variants[name], seconds))
    speeds = {name: _speed(taken) for name, taken in samples.items()}
    verdicts = tuple(_verdict(goal, samples, dice) for goal in scenario.GOALS)
    return Result(scenario.NAME, f"{platform.machine()}, Python {platform.python_version()}", speeds, verdicts)


def _one_round(act: Act, seconds: float) -> list[float]:
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        act()
        taken.append(time.perf_counter() - start)
    return taken


def _rate(taken: list[float]) -> float:
    return len(taken) / sum(taken)


def _speed(rounds: list[list[float]]) -> Speed:
    rates = [_rate(taken) for taken in rounds]
    cuts = quantiles([one for taken in rounds for one in taken], n=100)
    p50, p95, p99 = (cuts[at - 1] * 1000 for at in (50, 95, 99))
    return Speed(median(rates), min(rates), max(rates), p50, p95, p99)


def _verdict(goal: Goal, samples: Mapping[str, list[list[float]]], dice: Random) -> Verdict:
    pairs = zip(samples[goal.product], samples[goal.reference], strict=True)
    ratios = [_rate(product) / _rate(reference) for product, reference in pairs]
    resampled = sorted(median(dice.choices(ratios, k=len(ratios))) for _ in range(_RESAMPLES))
    cut = _RESAMPLES // 40
    return Verdict(goal, median(ratios), resampled[cut], resampled[-cut - 1])

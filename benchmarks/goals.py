"""The goals of `goals.toml`, and whether what was measured meets them: by the 95 % range of ratios or figures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random
from statistics import median
from typing import Literal

RESAMPLES = 10_000
FILE = Path(__file__).parent / "goals.toml"
Rounds = Sequence[Mapping[str, float]]
Outcome = Literal["met", "missed", "inconclusive", "for orientation"]


@dataclass(frozen=True, slots=True)
class Goal:
    """`numerator` over `denominator` in one figure, or the numerator alone. Both are names of variants.

    A star in the denominator means the best of those that match; in both it means pair by pair what the star stands
    for. `or_at_most` is a figure of the numerator that is good enough whatever the ratio. Without `bound` it is for
    orientation.
    """

    id: str
    scenario: str
    numerator: str
    op: Literal[">=", "<="]
    figure: str = "per_second"
    denominator: str = ""
    bound: float | None = None
    or_at_most: float | None = None
    db: str = ""
    only_full: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out for one goal. `value` and its range are a ratio where there is a denominator."""

    goal: Goal
    db: str
    numerator: str
    denominator: str
    value: float
    low: float
    high: float
    least: float
    most: float
    measured: float
    beside: float | None
    outcome: Outcome

    @property
    def holds(self) -> bool:
        return self.outcome in {"met", "for orientation"}


def all_goals() -> tuple[Goal, ...]:
    with FILE.open("rb") as file:
        return tuple(Goal(**each) for each in tomllib.load(file)["goal"])


def judge(goal: Goal, db: str, rounds: Mapping[str, Rounds], seed: int = 1) -> list[Verdict]:
    """One verdict, or one for each pair that stars stand for."""
    return [_verdict(goal, db, rounds, *names, Random(seed)) for names in _pairs(goal, rounds)]


def _pairs(goal: Goal, rounds: Mapping[str, Rounds]) -> list[tuple[str, str]]:
    numerators = [name for name in rounds if fnmatchcase(name, goal.numerator) and goal.figure in rounds[name][0]]
    if not goal.denominator:
        return [(name, "") for name in numerators]
    if "*" in goal.numerator:
        before, _, after = goal.numerator.partition("*")
        stems = [name.removeprefix(before).removesuffix(after) for name in numerators]
        return [
            (name, other)
            for name, stem in zip(numerators, stems, strict=True)
            if (other := goal.denominator.replace("*", stem)) in rounds
        ]
    beside = [name for name in rounds if fnmatchcase(name, goal.denominator)]
    if not beside:
        return []
    best = max if goal.op == ">=" else min
    return [(name, best(beside, key=lambda one: median(_figures(rounds[one], goal.figure)))) for name in numerators]


def _figures(rounds: Rounds, figure: str) -> list[float]:
    return [each[figure] for each in rounds]


def _verdict(
    goal: Goal, db: str, rounds: Mapping[str, Rounds], numerator: str, denominator: str, dice: Random
) -> Verdict:
    measured = _figures(rounds[numerator], goal.figure)
    beside = _figures(rounds[denominator], goal.figure) if denominator else None
    values = measured if beside is None else [a / b for a, b in zip(measured, beside, strict=True)]
    low, high = bootstrap(values, dice)
    outcome = _outcome(goal, low, high)
    if outcome != "met" and goal.or_at_most is not None:
        _, most = bootstrap(measured, dice)
        outcome = "met" if most <= goal.or_at_most else outcome
    return Verdict(
        goal, db, numerator, denominator, median(values), low, high, min(values), max(values), median(measured),
        None if beside is None else median(beside), outcome,
    )  # fmt: skip


def bootstrap(values: Sequence[float], dice: Random) -> tuple[float, float]:
    """The 95 % range of the median."""
    if len(set(values)) == 1:
        return values[0], values[0]
    drawn = sorted(median(dice.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return drawn[cut], drawn[-cut - 1]


def _outcome(goal: Goal, low: float, high: float) -> Outcome:
    if goal.bound is None:
        return "for orientation"
    worst, best = (low, high) if goal.op == ">=" else (-high, -low)
    bound = goal.bound if goal.op == ">=" else -goal.bound
    if worst >= bound:
        return "met"
    return "missed" if best < bound else "inconclusive"

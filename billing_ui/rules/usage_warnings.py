"""What a host app should show beside an answer: a quota or a balance that ends, a debt, a closed door. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from billing_ui.rules.meters import MeterState
from billing_ui.rules.usage import Standing

Level = Literal["info", "warning", "critical"]
Remedy = Literal["plans", "topup", "overview"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The operators' settings of when to warn."""

    warning_percent: int
    low_tokens: int
    critical_tokens: int


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning. `facts` fill the sentence of its code; `remedy` is where it can be mended."""

    level: Level
    code: str
    remedy: Remedy
    percent: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def warnings(
    standing: Standing, balance: int, left: int, meters: Iterable[MeterState], thresholds: Thresholds
) -> tuple[Warned, ...]:
    """The worst of each kind, in the order in which they stop somebody. `left` is what the plan still includes."""
    quotas = (each for meter in meters for each in _quota(meter, thresholds))
    return (*_access(standing), *quotas, *_means(standing, balance, left, thresholds))


def _access(standing: Standing) -> Iterator[Warned]:
    if standing.access == "locked":
        yield Warned("critical", "soft_locked", "overview")
    if standing.access == "limited":
        yield Warned("critical", "limited", "overview")


def _quota(meter: MeterState, thresholds: Thresholds) -> Iterator[Warned]:
    """A limit of nothing at all warns nobody: it is a feature of another plan."""
    worst, percent = None, -1
    for one in meter.limits:
        if isinstance(one.limit.quantity, int) and one.limit.quantity and (so_far := one.percent) > percent:
            worst, percent = one, so_far
    if worst is None or percent < thresholds.warning_percent:
        return
    facts = {"meter": meter.meter, "used": worst.used, "limit": worst.limit.quantity, "resets_at": worst.resets_at}
    if percent >= 100:
        yield Warned("critical", "quota_reached", "plans", percent, facts)
    else:
        yield Warned("warning", "quota_near", "plans", percent, facts)


def _means(standing: Standing, balance: int, left: int, thresholds: Thresholds) -> Iterator[Warned]:
    """What pays next: the plan's allowance, then overage where the plan has it, else the balance."""
    if standing.terms.paid is None:
        return
    included = standing.terms.included
    spendable = max(standing.spendable, 0)
    if balance < 0:
        yield Warned("critical", "debt", "topup", facts={"debt": -balance})
    elif left:
        percent = (included - left) * 100 // included
        if percent >= thresholds.warning_percent:
            level: Level = "info" if spendable or standing.terms.has_overage else "warning"
            yield Warned(level, "allowance_low", "plans", percent, {"left": left, "included": included})
    elif spendable == 0 and standing.terms.has_overage:
        yield Warned("info", "overage", "plans", 100, {"included": included})
    elif spendable < thresholds.low_tokens:
        is_critical = spendable < thresholds.critical_tokens
        code = "balance_empty" if spendable == 0 else "balance_critical" if is_critical else "balance_low"
        yield Warned("critical" if is_critical else "warning", code, "topup", facts={"balance": spendable})

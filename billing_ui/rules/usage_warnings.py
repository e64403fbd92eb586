"""What a host app should show beside an answer: a quota or a balance that ends, a debt, a closed door. Pure."""

from __future__ import annotations

from collections.abc import Iterable
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
    found = (_access(standing), *[_quota(meter, thresholds) for meter in meters])
    return tuple([each for each in (*found, _means(standing, balance, left, thresholds)) if each is not None])


def _access(standing: Standing) -> Warned | None:
    if standing.access == "locked":
        return Warned("critical", "soft_locked", "overview")
    return Warned("critical", "limited", "overview") if standing.access == "limited" else None


def _quota(meter: MeterState, thresholds: Thresholds) -> Warned | None:
    """A limit of nothing at all warns nobody: it is a feature of another plan."""
    worst, percent = None, -1
    for one in meter.limits:
        if isinstance(one.limit.quantity, int) and one.limit.quantity and (so_far := one.percent) > percent:
            worst, percent = one, so_far
    if worst is None or percent < thresholds.warning_percent:
        return None
    facts = {"meter": meter.meter, "used": worst.used, "limit": worst.limit.quantity, "resets_at": worst.resets_at}
    if percent >= 100:
        return Warned("critical", "quota_reached", "plans", percent, facts)
    return Warned("warning", "quota_near", "plans", percent, facts)


def _means(standing: Standing, balance: int, left: int, thresholds: Thresholds) -> Warned | None:
    """What pays next: the plan's allowance, then overage where the plan has it, else the balance."""
    if standing.terms.paid is None:
        return None
    included = standing.terms.included
    spendable = max(standing.spendable, 0)
    if balance < 0:
        return Warned("critical", "debt", "topup", facts={"debt": -balance})
    if left:
        percent = (included - left) * 100 // included
        if percent < thresholds.warning_percent:
            return None
        level: Level = "info" if spendable or standing.terms.has_overage else "warning"
        return Warned(level, "allowance_low", "plans", percent, {"left": left, "included": included})
    if spendable == 0 and standing.terms.has_overage:
        return Warned("info", "overage", "plans", 100, {"included": included})
    if spendable >= thresholds.low_tokens:
        return None
    is_critical = spendable < thresholds.critical_tokens
    code = "balance_empty" if spendable == 0 else "balance_critical" if is_critical else "balance_low"
    return Warned("critical" if is_critical else "warning", code, "topup", facts={"balance": spendable})

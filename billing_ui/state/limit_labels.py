"""Limits as the plain dicts that pages hold: how far each is used up, and what the plan has or has not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.i18n.load import LANGUAGES, text
from billing_ui.queries.limits import CurrentLimits
from billing_ui.rules.quotas import LimitState
from billing_ui.state.labels import instant
from billing_ui.state.usage_labels import meter_name


def room_of_quotas() -> list[dict[str, Any]]:
    """As many rows as the plan has that everybody begins with; nothing is told about anybody."""
    catalogue = runtime.env().catalogue
    plan = catalogue.plans.get(catalogue.default_plan)
    count = len(plan.limits) + bool(plan.included_tokens and catalogue.paid_meter) if plan is not None else 0
    return [{"key": str(number), "name": {}, "window": ""} for number in range(count)]


def quotas(limits: CurrentLimits, warning_percent: int) -> list[dict[str, Any]]:
    """What the plan gives and every limit of it, each with how far it is used up."""
    rows = [_limit(one, warning_percent) for state in limits.meters.values() for one in state.limits]
    return [*_included(limits, warning_percent), *rows]


def _included(limits: CurrentLimits, warning_percent: int) -> Iterator[dict[str, Any]]:
    paid = limits.standing.terms.paid
    if paid is None or not limits.included:
        return
    used = limits.included - limits.allowance_left
    yield _quota(paid, "included", used, limits.included, limits.period_ends_at, warning_percent)


def _limit(one: LimitState, warning_percent: int) -> dict[str, Any]:
    quantity = one.limit.quantity
    limit = quantity if isinstance(quantity, int) else None
    return _quota(one.limit.meter, one.limit.window, one.used, limit, one.resets_at, warning_percent)


def _quota(
    meter: str, window: str, used: int, limit: int | None, resets_at: datetime | None, warning_percent: int
) -> dict[str, Any]:
    known = runtime.env().catalogue.meters.get(meter)
    percent = 0 if limit is None else 100 if limit == 0 else min(used * 100 // limit, 100)
    tone = "bad" if percent >= 100 else "warn" if percent >= warning_percent else ""
    return {
        "key": f"{meter} {window}", "name": meter_name(meter), "window": window, "used": used, "limit": limit or 0,
        "percent": percent, "unlimited": limit is None, "is_feature": known is not None and known.is_feature,
        "resets_at": instant(resets_at), "tone": tone,
    }  # fmt: skip


def features(limits: CurrentLimits) -> list[dict[str, Any]]:
    """What a plan has or has not: its switches, and what it would have to give before it could be used at all."""
    listed = [_feature(slug, limits) for slug, meter in runtime.env().catalogue.meters.items() if meter.is_feature]
    return [*listed, *(_feature(slug, limits) for slug in _not_given(limits))]


def _feature(slug: str, limits: CurrentLimits) -> dict[str, Any]:
    has = slug in limits.meters and limits.meters[slug].is_unlimited
    return {"key": slug, "name": meter_name(slug), "has": has}


def _not_given(limits: CurrentLimits) -> Iterator[str]:
    for slug, meter in runtime.env().catalogue.meters.items():
        if not meter.is_feature and slug not in limits.meters:
            yield slug


def tightest(limits: CurrentLimits, warning_percent: int) -> dict[str, Any]:
    """Of the limits that are nearly or wholly used up the one that is furthest; nothing where there is room. What the
    plan includes is no limit while something else pays for more."""
    goes_on = limits.spendable > 0 or limits.standing.terms.has_overage
    near = [
        row
        for row in quotas(limits, warning_percent)
        if row["tone"] and not row["is_feature"] and not (row["window"] == "included" and goes_on)
    ]
    return max(near, key=lambda row: int(row["percent"]), default={})


def limit_name(row: dict[str, Any]) -> dict[str, str]:
    """`Token per hari`, where a page cannot put the words together itself."""
    name, window = row["name"], row["window"]
    if window == "total":
        return dict(name)
    if window == "included":
        return {language: text(language, "usage.included", meter=name[language]) for language in LANGUAGES}
    return {
        language: text(language, "usage.per", meter=name[language], window=text(language, f"unit.{window}"))
        for language in LANGUAGES
    }

"""A look back at use as the plain dict that its page holds: sums, bars, rows, and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from billing_ui import runtime
from billing_ui.components.charts.geometry import bundle, stacked
from billing_ui.i18n.format import zone_label
from billing_ui.kit.period import start_of_day
from billing_ui.queries.usage import Used, sum_of
from billing_ui.queries.usage_explore import ExploreView
from billing_ui.rules.usage_lists import UsageAsk
from billing_ui.state.labels import instant
from billing_ui.state.usage_labels import meter_name, operation_name

# A list to choose from stays one that can be read.
_MOST_CHOICES = 100


def explored(found: ExploreView, ask: UsageAsk) -> dict[str, Any]:
    catalogue = runtime.env().catalogue
    is_paid = found.meter == catalogue.paid_meter
    counted = [slug for slug, meter in catalogue.meters.items() if not meter.is_feature]
    operations = sorted({*found.operations[:_MOST_CHOICES], *([ask.operation] if ask.operation else [])})
    models = sorted({*found.models[:_MOST_CHOICES], *([ask.model] if ask.model else [])})
    return {
        "meter": meter_name(found.meter), "is_paid": is_paid,
        "zone": zone_label(found.zone, start_of_day(found.last_on, found.zone)),
        "first_at": instant(start_of_day(found.first_on, found.zone)),
        "last_at": instant(start_of_day(found.last_on, found.zone)), "totals": _sums(found.totals),
        "bars": _bars(found, is_paid), "rows": [_row(name, used, ask.by, found.zone) for name, used in found.rows],
        "has_meters": len(counted) > 1,
        "meters": [
            {"value": slug if slug != catalogue.main_meter else "", "name": meter_name(slug)} for slug in counted
        ],
        "operations": [{"value": slug, "name": operation_name(slug)} for slug in operations],
        "models": models, "operation": operation_name(ask.operation),
    }  # fmt: skip


def _row(name: str, used: Used, by: str, zone: str) -> dict[str, Any]:
    """What a group is called: a day by its instant, an operation by its name, the others by what the host app said."""
    return {
        "key": name, "at": instant(start_of_day(date.fromisoformat(name), zone)) if by == "day" else "",
        "name": operation_name(name) if by == "operation" else {}, **_sums(used),
    }  # fmt: skip


def _sums(used: Used) -> dict[str, int]:
    return {
        "events": used.events, "input": used.input, "output": used.output, "tokens": used.quantity,
        "charged": used.charged, "free": used.quantity - used.charged,
        "average": used.quantity // used.events if used.events else 0,
    }  # fmt: skip


def _bars(found: ExploreView, is_paid: bool) -> list[dict[str, Any]]:
    """At most thirty; below what left the balance, where the meter is the paid one."""
    size = bundle(len(found.days))
    bundles = [_bundled(found.days[at : at + size], found.zone) for at in range(0, len(found.days), size)]
    lower = [each["charged"] if is_paid else each["tokens"] for each in bundles]
    placed = stacked([(low, each["tokens"] - low) for low, each in zip(lower, bundles, strict=True)])
    return [
        {**each, "x": bar.x, "width": bar.width, "lower": bar.lower, "lower_y": bar.lower_y, "upper": bar.upper,
         "upper_y": bar.upper_y}
        for each, bar in zip(bundles, placed, strict=True)
    ]  # fmt: skip


def _bundled(days: Sequence[tuple[date, Used]], zone: str) -> dict[str, Any]:
    first, last = days[0][0], days[-1][0]
    whole = sum_of(used for _day, used in days)
    return {
        "first": first.isoformat(), "last": last.isoformat(), "first_at": instant(start_of_day(first, zone)),
        "last_at": instant(start_of_day(last, zone)), "tokens": whole.quantity, "charged": whole.charged,
    }  # fmt: skip

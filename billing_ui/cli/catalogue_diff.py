"""Says what a catalogue file changes, the way a person reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from billing_ui.services import plans
from billing_ui.services.catalogue_changes import Change, FieldChange

LONGEST_VALUE = 60
_SIGNS = {"create": "+", "replace": "~", "close": "-", "keep": "="}


def lines(found: plans.Diff) -> Iterator[str]:
    """The diff as a person reads it: one line per thing, then one per fact that changes."""
    if not found.changes:
        yield f"{found.catalogue}: nothing changes"
        return
    effective = sum(each.kind != "keep" for each in found.changes)
    yield f"{found.catalogue}: {count(effective, 'change')}" + (
        f", {len(found.changes) - effective} kept as the desk has it" if effective < len(found.changes) else ""
    )
    for each in found.changes:
        yield f"  {_SIGNS[each.kind]} {each.what:<8} {each.slug}{_remark(each)}"
        if each.kind in {"replace", "keep"}:
            yield from (f"      {_field(field)}" for field in each.fields)


def _remark(change: Change) -> str:
    return {"create": "  (new)", "close": "  (no longer sold)", "keep": "  (changed at the desk; --overwrite)"}.get(
        change.kind, ""
    )


def _field(field: FieldChange) -> str:
    return f"{field.name}: {_short(field.before)} -> {_short(field.after)}"


def _short(value: Any) -> str:
    told = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= LONGEST_VALUE else told[: LONGEST_VALUE - 1] + "…"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

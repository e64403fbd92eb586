"""Two runs side by side, by their ratios only: machines differ, and so do days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FALL = 0.15


def tell(base: Mapping[str, Any], head: Mapping[str, Any]) -> int:
    """Prints each ratio of both runs; 1 when one is worse by more than 15 % and the ranges do not meet."""
    before, after = _ratios(base), _ratios(head)
    worse = 0
    for name in before.keys() & after.keys():
        old, new = before[name], after[name]
        is_worse = _is_worse(old, new)
        worse += is_worse
        mark = "WORSE" if is_worse else ""
        print(f"{' '.join(name):<60}{old['value']:>10.2f}{new['value']:>10.2f}  {mark}")
    for name in sorted(before.keys() ^ after.keys()):
        print(f"{' '.join(name):<60}  only in {'the first' if name in before else 'the second'}")
    return 1 if worse else 0


def _ratios(record: Mapping[str, Any]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    return {
        (verdict["goal"]["id"], verdict["db"], verdict["numerator"]): verdict
        for result in record["results"]
        for verdict in result["verdicts"]
        if verdict["denominator"]
    }


def _is_worse(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if old["goal"]["op"] == ">=":
        return bool(new["value"] < old["value"] * (1 - FALL) and new["high"] < old["low"])
    return bool(new["value"] > old["value"] * (1 + FALL) and new["low"] > old["high"])

"""Whether a value fits its setting, and how it goes into a JSON column and comes back in its own type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from billing_ui.rules.methods import METHODS, Fee
from billing_ui.rules.settings import SettingSpec, SettingValue
from billing_ui.rules.words import Text

Obstacle = Literal["type", "minimum", "maximum", "choice", "order", "length", "method"]

LONGEST_TEXT = 500
LONGEST_LINE = 200
MOST_PER_10000 = 1_000


def obstacle(spec: SettingSpec, value: SettingValue) -> Obstacle | None:
    """Why this setting cannot have this value; None when it can."""
    match spec.kind:
        case "flag":
            return None if isinstance(value, bool) else "type"
        case "whole":
            return _outside(spec, [value]) if _is_whole(value) else "type"
        case "choice":
            return None if value in spec.choices else "choice"
        case "text":
            if not isinstance(value, Text):
                return "type"
            return "length" if max(len(value.id), len(value.en)) > LONGEST_TEXT else None
        case "line":
            return _obstacle_of_line(value)
        case "fees":
            return _obstacle_of_fees(spec, value)
    return _obstacle_of_days(spec, value)


def _obstacle_of_line(value: SettingValue) -> Obstacle | None:
    if not isinstance(value, str) or not (value.isprintable() and value == value.strip()):
        return "type"
    return "length" if len(value) > LONGEST_LINE else None


def _obstacle_of_days(spec: SettingSpec, value: SettingValue) -> Obstacle | None:
    assert isinstance(spec.default, tuple)
    if not isinstance(value, tuple) or not all(map(_is_whole, value)) or len(value) != len(spec.default):
        return "type"
    if list(value) != sorted(set(value)):
        return "order"
    return _outside(spec, value)


def _obstacle_of_fees(spec: SettingSpec, value: SettingValue) -> Obstacle | None:
    if not isinstance(value, dict):
        return "type"
    if not value.keys() <= METHODS.keys():
        return "method"
    if any(fee.per_10000 > MOST_PER_10000 for fee in value.values()):
        return "maximum"
    return _outside(spec, [fee.flat for fee in value.values()]) or (
        "minimum" if any(fee.per_10000 < 0 for fee in value.values()) else None
    )


def wanted(spec: SettingSpec) -> str:
    """What a value of this setting looks like, for whoever writes one."""
    match spec.kind:
        case "flag":
            return "true or false"
        case "whole":
            return f"a whole number from {spec.minimum} to {spec.maximum}"
        case "choice":
            return f"one of {', '.join(spec.choices)}"
        case "days":
            return f"three days in rising order, from {spec.minimum} to {spec.maximum}"
        case "line":
            return "a text of one line"
        case "text":
            return 'a pair {id = "…", en = "…"}'
    return (
        f"for each method {{flat, per_10000}}, flat from {spec.minimum} to {spec.maximum}, "
        f"per_10000 from 0 to {MOST_PER_10000}"
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _outside(spec: SettingSpec, values: Iterable[SettingValue]) -> Obstacle | None:
    for value in values:
        assert isinstance(value, int)
        if value < spec.minimum:
            return "minimum"
        if value > spec.maximum:
            return "maximum"
    return None


def stored(value: SettingValue) -> dict[str, object]:
    """The value wrapped for a JSON column, where a bare number or a pair would lose its type."""
    if isinstance(value, Text):
        return {"v": value.pair()}
    if isinstance(value, dict):
        return {"v": {code: {"flat": fee.flat, "per_10000": fee.per_10000} for code, fee in value.items()}}
    return {"v": list(value) if isinstance(value, tuple) else value}


def restored(spec: SettingSpec, wrapped: dict[str, object]) -> SettingValue:
    """What `stored` wrapped; a value that no longer fits the table's own rules falls back to the default."""
    value = read(wrapped.get("v"))
    return spec.default if value is None or obstacle(spec, value) is not None else value


def read(raw: object) -> SettingValue | None:
    """JSON, TOML or a form's value as one of our types; None when it is none of them."""
    if isinstance(raw, bool | int | str | Text):
        return raw
    if isinstance(raw, list | tuple) and all(map(_is_whole, raw)):
        return tuple(raw)
    if isinstance(raw, dict) and raw.keys() == {"id", "en"} and all(isinstance(word, str) for word in raw.values()):
        return Text(raw["id"], raw["en"])
    return _read_fees(raw) if isinstance(raw, dict) else None


def _read_fees(raw: Mapping[str, object]) -> SettingValue | None:
    """Both parts of every fee are written out, so that nobody forgets one."""
    fees = {}
    for code, parts in raw.items():
        if not isinstance(parts, dict) or parts.keys() != {"flat", "per_10000"}:
            return None
        if not all(map(_is_whole, parts.values())):
            return None
        fees[code] = Fee(**parts)
    return fees

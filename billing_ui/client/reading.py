"""Reads JSON into frozen dataclasses by their annotations. What is not asked for is left out, so that the billing desk
may tell more one day. A field called `from_` is told as `from`."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")


class Unreadable(ValueError):
    """An answer that is not in the shape of the contract."""


def read(shape: type[Shape], told: object) -> Shape:
    """One dataclass out of one JSON object."""
    if not isinstance(told, Mapping):
        raise Unreadable(f"{shape.__name__}: no object")
    made: Any = shape
    given: dict[str, Any] = {}
    for name, wanted, is_needed in _fields(made):
        said = name.rstrip("_")
        if said in told:
            given[name] = _value(wanted, told[said], said)
        elif is_needed:
            raise Unreadable(f"{shape.__name__}.{name}: missing")
    return shape(**given)


@cache
def _fields(shape: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(shape)
    return tuple(
        (each.name, hints[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(shape)
    )


def _value(wanted: Any, told: Any, name: str) -> Any:
    kind, inner = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return told
    if kind in {Union, types.UnionType}:
        if told is None and type(None) in inner:
            return None
        return _value(next(each for each in inner if each is not type(None)), told, name)
    if kind is tuple and isinstance(told, list):
        return tuple(_value(inner[0], each, name) for each in told)
    if kind is Mapping and isinstance(told, Mapping):
        return {key: _value(inner[1], each, name) for key, each in told.items()}
    if wanted in {date, datetime} and isinstance(told, str):
        return _instant(wanted, told, name)
    if hasattr(wanted, "__dataclass_fields__"):
        return read(wanted, told)
    if not isinstance(wanted, type) or type(told) is not wanted:
        raise Unreadable(f"{name}: {type(told).__name__}")
    return told


def _instant(wanted: type[date], told: str, name: str) -> date:
    try:
        return wanted.fromisoformat(told)
    except ValueError:
        raise Unreadable(f"{name}: no {wanted.__name__}") from None

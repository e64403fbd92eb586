"""What the fields of an event mean in a file: text, whole numbers, instants with their zone, an object."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing_ui.kit.strict_json import JsonRefused, read_object
from billing_ui.rules.errors import FieldInvalid

LONGEST_LINE = 64 * 1024
_TEXTS = ("account", "external_id", "event_id", "operation", "model", "session_id", "usage_type")
_COUNTS = ("input_tokens", "output_tokens", "cached_tokens", "quantity", "amount")
FIELDS = frozenset((*_TEXTS, *_COUNTS, "occurred_at", "metadata"))


def from_json(told: Mapping[str, Any]) -> dict[str, Any]:
    """Each field as what it means, out of a JSON object. Raises what is wrong with the first that means nothing."""
    return {name: _meaning(_IN_JSON, name)(name, value) for name, value in told.items()}


def from_text(told: Mapping[str, str]) -> dict[str, Any]:
    """The same out of cells, where everything is text."""
    return {name: _meaning(_IN_TEXT, name)(name, value) for name, value in told.items()}


def _meaning(parse: Mapping[str, Callable[[str, Any], Any]], name: str) -> Callable[[str, Any], Any]:
    if name not in FIELDS:
        raise FieldInvalid(field=name[:100], why="no_such_field")
    return parse.get(name, _text)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise FieldInvalid(field=name, why="text")
    return value


def _whole(name: str, value: Any) -> int:
    if type(value) is not int:
        raise FieldInvalid(field=name, why="whole_number")
    return value


def _digits(name: str, value: Any) -> int:
    text = _text(name, value)
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise FieldInvalid(field=name, why="whole_number")
    return int(text)


def _instant(name: str, value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(_text(name, value))
    except ValueError:
        raise FieldInvalid(field=name, why="instant_with_zone") from None
    if at.tzinfo is None:
        raise FieldInvalid(field=name, why="instant_with_zone")
    return at


def _object(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        raise FieldInvalid(field=name, why="object")
    return _plain(value)


def _object_in_text(name: str, value: Any) -> Any:
    try:
        told = read_object(str(value).encode("utf-8", "surrogateescape"), cap=LONGEST_LINE)
    except JsonRefused as error:
        raise FieldInvalid(field=name, why=str(error)) from None
    return _plain(told)


def _plain(value: Any) -> Any:
    """Metadata is kept as it was told and never computed with, so its fractions stay plain numbers of JSON."""
    if isinstance(value, Decimal):
        return json.loads(str(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


_ALWAYS = {"occurred_at": _instant}
_IN_JSON = {**_ALWAYS, "metadata": _object, **dict.fromkeys(_COUNTS, _whole)}
_IN_TEXT = {**_ALWAYS, "metadata": _object_in_text, **dict.fromkeys(_COUNTS, _digits)}

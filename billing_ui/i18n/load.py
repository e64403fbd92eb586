"""Reads the catalogues once, fills sentences in, and writes the copy that the browser imports."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

from billing_ui.i18n.format import render

LANGUAGES: Final = ("id", "en")
DEFAULT_LANGUAGE: Final = "id"

_ROOM = Path(__file__).parent
_MONEY_FACTS = ("minimum", "maximum", "amount")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of one language; an unknown language gets the default one."""
    name = language if language in LANGUAGES else DEFAULT_LANGUAGE
    sentences: dict[str, str] = json.loads((_ROOM / f"{name}.json").read_text(encoding="utf-8"))
    return sentences


@cache
def placeholders(sentence: str) -> frozenset[str]:
    """The names between braces in a sentence."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def text(language: str, key: str, /, **args: Any) -> str:
    """The sentence for a key with its placeholders filled; a `count` chooses between `.one` and `.other`."""
    sentences = catalogue(language)
    if "count" in args and f"{key}.other" in sentences:
        key = f"{key}.one" if args["count"] == 1 else f"{key}.other"
    sentence = sentences[key]
    filled = {name: render(language, args[name], sentences) for name in placeholders(sentence)}
    return sentence.format(**filled)


def arguments(facts: Mapping[str, Any], zone: str = "Asia/Jakarta") -> dict[str, Any]:
    """The facts of a refusal as typed arguments, so that page and mail write money and time in their own language."""
    currency = facts.get("currency")
    typed: dict[str, Any] = {}
    for name, value in facts.items():
        if currency and name in _MONEY_FACTS:
            typed[name] = {"money": value, "currency": currency}
        elif name.endswith("_at") and value:
            typed[name] = {"when": str(value), "zone": zone}
        else:
            typed[name] = value
    return typed


@cache
def va_steps(bank: str) -> tuple[dict[str, Any], ...]:
    """How to pay a virtual account of one bank: channels, each with its steps as `{id, en}` pairs."""
    path = _ROOM / "va" / f"{bank.lower()}.json"
    channels: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["channels"]
    return tuple(channels)

"""Reads the single values of a TOML table, and says in one sentence which key is wrong and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from billing_ui.rules.errors import Misconfigured
from billing_ui.rules.words import Text

_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


class Values:
    """The single values of one table. Every key is taken once; `done` refuses what nobody took."""

    def __init__(self, file: str, path: str, values: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self.file = file
        self.path = path
        self._values = values
        self.environment = environment
        self._taken: set[str] = set()

    def refuse(self, key: str, why: str) -> NoReturn:
        raise Misconfigured(what=f"{self.file}, {self.at(key)}: {why}")

    def at(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part) or "top level"

    def take(self, key: str) -> Any:
        """The raw value, or None when the key is not there."""
        self._taken.add(key)
        return self._values.get(key)

    def has(self, key: str) -> bool:
        return key in self._values

    def done(self) -> None:
        for key in self._values:
            if key not in self._taken:
                self.refuse(key, "is not a known key here")

    def whole(self, key: str, minimum: int, default: int | None = None) -> int:
        value = self.take(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value < 2**63:
            self.refuse(
                key, "must be a whole number above 0" if minimum == 1 else f"must be a whole number from {minimum}"
            )
        return value

    def flag(self, key: str) -> bool:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, "must be true or false")
        return bool(value)

    def word(self, key: str, default: str | None = None) -> str:
        value = self.take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be a text that is not empty")
        return value

    def slug(self, key: str) -> str:
        value = self.word(key)
        self.check_slug(key, value)
        return value

    def check_slug(self, key: str, value: str) -> None:
        if not _SLUG.fullmatch(value):
            self.refuse(key, "must be lower-case letters, digits, - or _, and begin with a letter")

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        value = self.take(key)
        if value not in words:
            self.refuse(key, f"must be one of {', '.join(words)}")
        return str(value)

    def text(self, key: str, default: Text | None = None) -> Text:
        value = self.take(key)
        if value is None and default is not None:
            return default
        return self._pair(key, value)

    def texts(self, key: str) -> tuple[Text, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.refuse(key, "must be a list of texts")
        return tuple(self._pair(f"{key}[{place}]", each) for place, each in enumerate(value))

    def _pair(self, key: str, value: Any) -> Text:
        if not isinstance(value, dict) or value.keys() != {"id", "en"}:
            self.refuse(key, 'must be {id = "…", en = "…"}, both languages')
        for language in ("id", "en"):
            if not isinstance(value[language], str) or not value[language].strip():
                self.refuse(f"{key}.{language}", "must be a text that is not empty")
        return Text(value["id"], value["en"])

    def words(self, key: str) -> tuple[str, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.refuse(key, "must be a list of words")
        return tuple(value)

    def instant(self, key: str) -> datetime:
        value = self.take(key)
        if not isinstance(value, datetime) or value.tzinfo is None:
            self.refuse(key, "must be an instant with its offset, like 2026-01-01T00:00:00Z")
        return value.astimezone(UTC)

    def from_environment(self, key: str) -> str | None:
        """A text that may name a variable, ${NAME} or ${NAME:-otherwise}; None when the variable is not set."""
        value = self.word(key)
        named = _VARIABLE.fullmatch(value)
        if named is None:
            if "${" in value:
                self.refuse(key, "a variable must be the whole text, like ${NAME} or ${NAME:-otherwise}")
            return value
        return self.environment.get(named[1]) or named[2] or None

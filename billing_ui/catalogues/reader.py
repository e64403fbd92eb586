"""Walks a TOML file table by table, and knows at every step where in the file it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from billing_ui.catalogues.values import Values


class Table(Values):
    """One table of the file, and the tables within it."""

    def table(self, key: str) -> Table | None:
        value = self.take(key)
        if value is None:
            return None
        return self._open(key, value)

    def required(self, key: str) -> Table:
        inner = self.table(key)
        if inner is None:
            self.refuse(key, "this table is missing")
        return inner

    def tables(self, key: str) -> Iterator[Table]:
        """Each entry of [[key]]."""
        value = self.take(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.refuse(key, "must be a list of tables, written [[…]]")
        for place, each in enumerate(value):
            yield self._open(f"{key}[{place}]", each)

    def named(self, key: str) -> Iterator[tuple[str, Table]]:
        """Each [key.NAME] with its name."""
        inner = self.table(key)
        if inner is None:
            return
        for name in inner.names():
            inner.check_slug(name, name.lower())
            yield name, inner.required(name)

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def _open(self, key: str, value: Any) -> Table:
        if not isinstance(value, dict):
            self.refuse(key, "must be a table")
        return Table(self.file, self.at(key), value, self.environment)

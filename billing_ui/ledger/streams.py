"""Long answers that are read row by row, so that an account with millions of entries takes no more memory than one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Row, Select

_AT_ONCE = 5000


@contextmanager
def streamed(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> Iterator[Iterable[Row[Any]]]:
    """The rows of an answer, so many in memory at once, however many there are."""
    with closing(connection.execute(query, values or {}, execution_options={"yield_per": _AT_ONCE})) as rows:
        yield rows


class ByAccount:
    """A long answer in the order of accounts, read one account at a time."""

    def __init__(self, rows: Iterable[Row[Any]]) -> None:
        self._rows = iter(rows)
        self._next: Row[Any] | None = next(self._rows, None)

    def of(self, account_id: int) -> Iterator[Row[Any]]:
        while self._next is not None and self._next.account_id <= account_id:
            row, self._next = self._next, next(self._rows, None)
            if row.account_id == account_id:
                yield row

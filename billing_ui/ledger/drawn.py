"""What an event or a hold drew, as rows: the JSON object of its draws, one row for each meter."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, FromClause, String, cast, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Drawn(FunctionElement[Any]):
    inherit_cache = True
    name = "drawn"


@compiles(_Drawn, "sqlite")
def _on_sqlite(element: _Drawn, compiler: Any, **kwargs: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kwargs)})"


@compiles(_Drawn, "postgresql")
def _on_postgres(element: _Drawn, compiler: Any, **kwargs: Any) -> str:
    return f"jsonb_each_text({compiler.process(element.clauses, **kwargs)})"


class Drawn(NamedTuple):
    """The rows to join, and what stands in them."""

    rows: FromClause
    meter: ColumnElement[str]
    quantity: ColumnElement[int]


def drawn(draws: ColumnElement[Any]) -> Drawn:
    """The draws beside the row they belong to: both databases read the function after the tables it names."""
    rows = _Drawn(draws).table_valued(column("key", String), column("value", String), joins_implicitly=True)
    return Drawn(rows, rows.c.key, cast(rows.c.value, BigInteger))

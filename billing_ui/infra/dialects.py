"""What both databases can do and say in different words: seconds of an instant, the members of a JSON object."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, FromClause, String, cast, column, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Epoch(FunctionElement[int]):
    """Whole seconds since 1970 of an instant."""

    type = BigInteger()
    name = "epoch"
    inherit_cache = True


@compiles(Epoch, "sqlite")
def _epoch_on_sqlite(element: Epoch, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(Epoch, "postgresql")
def _epoch_on_postgres(element: Epoch, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


class EpochOfEvent(Epoch):
    """The same of an instant that SQLite keeps as microseconds."""

    inherit_cache = True


@compiles(EpochOfEvent, "sqlite")
def _epoch_of_event_on_sqlite(element: EpochOfEvent, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} / 1000000)"


class _Members(FunctionElement[Any]):
    name = "members"
    inherit_cache = True


@compiles(_Members, "sqlite")
def _members_on_sqlite(element: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Members, "postgresql")
def _members_on_postgres(element: _Members, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_each_text({compiler.process(element.clauses, **options)})"


class OneMember(FunctionElement[Any]):
    """A JSON object with one name and one number."""

    name = "one_member"
    inherit_cache = True

    def __init__(self, member: str, value: ColumnElement[int]) -> None:
        super().__init__(literal(member, String), value)


@compiles(OneMember, "sqlite")
def _one_member_on_sqlite(element: OneMember, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **options)})"


@compiles(OneMember, "postgresql")
def _one_member_on_postgres(element: OneMember, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_build_object({compiler.process(element.clauses, **options)})"


class Drawn(NamedTuple):
    """Rows to join beside the row they belong to, and what stands in them."""

    rows: FromClause
    meter: ColumnElement[str]
    quantity: ColumnElement[int]


def drawn(draws: ColumnElement[Any]) -> Drawn:
    """What a JSON object of meters and quantities says, one row for each meter."""
    rows = _Members(draws).table_valued(column("key", String), column("value", String), joins_implicitly=True)
    return Drawn(rows, rows.c.key, cast(rows.c.value, BigInteger))

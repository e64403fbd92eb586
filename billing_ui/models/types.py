"""Column types and the naming of constraints, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, DateTime, Dialect, Integer, LargeBinary, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from billing_ui.kit.json_types import JsonMap

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMING


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite forgets zones silently, so a naive value is refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class UtcMicros(UtcDateTime):
    """The same, for tables with a row for each event: SQLite keeps microseconds since 1970, in a third of the room."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        told = super().process_bind_param(value, dialect)
        return told if told is None or dialect.name != "sqlite" else micros(told)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return super().process_result_value(of_micros(value) if isinstance(value, int) else value, dialect)


class HexBytes(TypeDecorator[str]):
    """A hash in hexadecimal digits, kept as its bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.hex()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an instant; without a zone it is in UTC."""
    return (at.replace(tzinfo=at.tzinfo or UTC) - _EPOCH) // _MICROSECOND


def of_micros(count: int) -> datetime:
    return _EPOCH + count * _MICROSECOND


# SQLite counts rows by itself only in a column called INTEGER; it holds 64 bits all the same.
BigId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")
JsonOrNothing = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def one_of(column: str, *words: str) -> CheckConstraint:
    """A closed set of words, checked by the database."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


__all__ = [
    "BigId",
    "HexBytes",
    "Json",
    "JsonMap",
    "JsonOrNothing",
    "UtcDateTime",
    "UtcMicros",
    "metadata",
    "micros",
    "of_micros",
    "one_of",
]

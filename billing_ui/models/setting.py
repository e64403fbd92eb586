"""Operators' settings: typed values with a default, kept in the database so that every replica agrees."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from billing_ui.models.types import Json, JsonMap, UtcDateTime


class Setting(SQLModel, table=True):
    """One setting. `value` and `default_value` are wrapped as {"v": …} so that any JSON type keeps its type."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True)
    kind: str
    value: JsonMap = Field(sa_type=Json)
    default_value: JsonMap = Field(sa_type=Json)
    changed_by: str | None = None
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

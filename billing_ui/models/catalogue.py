"""Plans and token packages as sold: versions that are never changed or deleted, only ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime, one_of


class PlanVersion(SQLModel, table=True):
    """One version of a plan. Texts are {"id": …, "en": …} pairs; `terms` holds limits, features and call to action."""

    __tablename__ = "plan_version"
    __table_args__ = (
        UniqueConstraint("slug", "version"),
        one_of("kind", "free", "prepaid", "subscription"),
        CheckConstraint("price_amount >= 0 AND included_tokens >= 0", name="not_negative"),
        Index("uq_plan_version_current", "slug", unique=True, sqlite_where=text("valid_to IS NULL"),
              postgresql_where=text("valid_to IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    slug: str
    version: int
    kind: str
    position: int = 0
    price_amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    interval: str | None = None
    included_tokens: int = Field(default=0, sa_type=BigInteger)
    overage_num: int | None = Field(default=None, sa_type=BigInteger)
    overage_den: int | None = Field(default=None, sa_type=BigInteger)
    is_highlighted: bool = False
    is_disabled: bool = False
    terms: JsonMap = Field(sa_type=Json)
    content_hash: str
    changed_at_desk: bool = False
    valid_from: datetime = Field(sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TokenPackage(SQLModel, table=True):
    """One version of something that sells tokens: a plan's top-up option or a stand-alone package."""

    __tablename__ = "token_package"
    __table_args__ = (
        UniqueConstraint("slug", "version"),
        CheckConstraint("price_amount > 0 AND tokens > 0 AND bonus_tokens >= 0", name="positive"),
        Index("uq_token_package_current", "slug", unique=True, sqlite_where=text("valid_to IS NULL"),
              postgresql_where=text("valid_to IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    slug: str
    version: int
    plan_slug: str | None = None
    position: int = 0
    price_amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    tokens: int = Field(sa_type=BigInteger)
    bonus_tokens: int = Field(default=0, sa_type=BigInteger)
    validity_days: int | None = None
    is_popular: bool = False
    is_disabled: bool = False
    terms: JsonMap = Field(sa_type=Json)
    content_hash: str
    changed_at_desk: bool = False
    valid_from: datetime = Field(sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CatalogueState(SQLModel, table=True):
    """Which catalogue file was applied last, and its hash."""

    __tablename__ = "catalogue_state"

    name: str = Field(primary_key=True)
    file_hash: str
    applied_at: datetime = Field(sa_type=UtcDateTime)
    applied_by: str

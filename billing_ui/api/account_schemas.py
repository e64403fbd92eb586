"""The shapes of what a host app tells and reads about accounts: who, which plan, what was used, which lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from billing_ui.api.usage_schemas import StandingAnswer

Access = Literal["open", "limited", "locked"]
_Name = Annotated[str, Field(max_length=80)]


class InitUserAsk(BaseModel):
    """A user of your own. What you leave out is the deployment's default; nothing is changed on a known one."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    external_id: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="Your own id of the user.")
    name: _Name = Field(default="", description="As it stands on receipts; the external id when it is left out.")
    email: Annotated[str, Field(max_length=254)] = Field(default="", description="By it the person may claim it later.")
    zone: Annotated[str, Field(max_length=64)] = Field(
        default="", description="Whose days and months count, such as `Asia/Makassar`."
    )
    language: Literal["id", "en", ""] = ""


class Period(BaseModel):
    starts_at: datetime
    ends_at: datetime


class UsedAnswer(BaseModel):
    """Sums over events that drew one meter. `quantity` is `allowance`, `charged`, `overage` and `uncovered` together
    where the meter is paid; `charged` is what left the balance."""

    events: int
    input_tokens: int = Field(description="Cached ones too.")
    output_tokens: int
    quantity: int
    allowance: int
    charged: int
    overage: int
    uncovered: int


class SpanUsed(BaseModel):
    """Use of some days of the account's calendar, by meter."""

    model_config = ConfigDict(populate_by_name=True)

    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")
    totals: dict[str, UsedAnswer]


class InitUserAnswer(StandingAnswer):
    plan: str
    is_new: bool


class SummaryAnswer(StandingAnswer):
    """Everything a banner or a usage page needs, with all meters of the plan."""

    plan: str
    plan_name: str
    access: Access
    zone: str
    included: int = Field(description="Tokens that the plan includes in each period.")
    period: Period
    today: SpanUsed
    month: SpanUsed


class UsedRow(UsedAnswer):
    group: str
    meter: str


class UsageReport(BaseModel):
    """Use by day, operation, model or session. Days are the account's own."""

    model_config = ConfigDict(populate_by_name=True)

    account: str
    external_id: str | None
    zone: str
    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")
    group_by: Literal["day", "operation", "model", "session"]
    rows: list[UsedRow]
    totals: dict[str, UsedAnswer]


class EntryAnswer(BaseModel):
    """One line: so much of a unit from the pocket `debit` to the pocket `credit`."""

    entry: int = Field(description="Its number in the account's books: without gaps, never changed.")
    key: str = Field(description="What it is for: `usage:…`, `topup:…`, `grant:…`, `expire:…`, `refund:…`.")
    line: int
    unit: str
    debit: str
    credit: str
    quantity: int
    balance_after: int
    lot: str | None
    cause: str
    occurred_at: datetime
    recorded_at: datetime


class LedgerAnswer(BaseModel):
    """A page, the newest line first; `next_cursor` is null on the last one."""

    account: str
    external_id: str | None
    entries: list[EntryAnswer]
    next_cursor: str | None


class Words(BaseModel):
    """The same in Indonesian and in English."""

    id: str
    en: str


class LimitOffer(BaseModel):
    meter: str
    window: Literal["hour", "day", "week", "month", "total"]
    quantity: int | None = Field(description="null: unlimited.")


class PackageOffer(BaseModel):
    slug: str
    amount: int
    currency: str
    tokens: int
    bonus_tokens: int
    validity_days: int | None
    label: Words
    popular: bool


class PlanOffer(BaseModel):
    """A plan as its card shows it. Amounts are whole rupiah, or cents."""

    slug: str
    version: int
    kind: Literal["free", "prepaid", "subscription"]
    name: Words
    tagline: Words
    amount: int
    currency: str
    price_unit: Words
    interval: Literal["month", "year"] | None
    trial_days: int
    features: list[Words]
    limits: list[LimitOffer]
    included_tokens: int
    overage_amount: int | None = Field(description="So much for each `overage_per_tokens` beyond what is included.")
    overage_per_tokens: int | None
    topup_options: list[PackageOffer]
    highlighted: bool
    available: bool = Field(description="False: shown as coming.")


class PlansAnswer(BaseModel):
    """What is sold now, in the catalogue's order, and the token packages that stand alone."""

    plans: list[PlanOffer]
    packages: list[PackageOffer]


class SubscriptionAnswer(BaseModel):
    """The plan an account is on, as it was sold to it."""

    account: str
    external_id: str | None
    subscription: str
    plan: PlanOffer
    status: Literal["trialing", "active", "past_due", "unpaid", "canceled", "paused"]
    access: Access
    started_at: datetime
    period: Period
    next_plan: str | None = Field(description="What is scheduled to follow.")

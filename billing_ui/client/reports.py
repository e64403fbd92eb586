"""What the billing desk tells about accounts, their use and their books, and what it sells, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from billing_ui.client.answers import Standing


@dataclass(frozen=True, slots=True)
class Period:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Used:
    """Sums of one meter. `charged` is what left the balance."""

    events: int
    input_tokens: int
    output_tokens: int
    quantity: int
    allowance: int
    charged: int
    overage: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class Span:
    """Use of some days of the account's calendar, by meter."""

    from_: date
    to: date
    totals: Mapping[str, Used]


@dataclass(frozen=True, slots=True)
class Summary(Standing):
    """Everything a quota banner or a usage page needs, with all meters of the plan."""

    plan: str
    plan_name: str
    access: str
    zone: str
    included: int
    period: Period
    today: Span
    month: Span


@dataclass(frozen=True, slots=True)
class UsedRow(Used):
    """`group` is a day, an operation, a model or a session."""

    group: str
    meter: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    account: str
    external_id: str | None
    zone: str
    from_: date
    to: date
    group_by: str
    rows: tuple[UsedRow, ...]
    totals: Mapping[str, Used]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the books: so much of a unit from the pocket `debit` to the pocket `credit`."""

    entry: int
    key: str
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


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The newest line first; `next_cursor` is None on the last page."""

    account: str
    external_id: str | None
    entries: tuple[Entry, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Indonesian and in English."""

    id: str
    en: str


@dataclass(frozen=True, slots=True)
class LimitOffer:
    """`quantity` is None where the plan sets no limit."""

    meter: str
    window: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Package:
    slug: str
    amount: int
    currency: str
    tokens: int
    bonus_tokens: int
    validity_days: int | None
    label: Words
    popular: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it is sold. Amounts are whole rupiah, or cents."""

    slug: str
    version: int
    kind: str
    name: Words
    tagline: Words
    amount: int
    currency: str
    price_unit: Words
    interval: str | None
    trial_days: int
    features: tuple[Words, ...]
    limits: tuple[LimitOffer, ...]
    included_tokens: int
    overage_amount: int | None
    overage_per_tokens: int | None
    topup_options: tuple[Package, ...]
    highlighted: bool
    available: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """What is sold now, in the catalogue's order, and the token packages that stand alone."""

    plans: tuple[Plan, ...]
    packages: tuple[Package, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """The plan an account is on, as it was sold to it."""

    account: str
    external_id: str | None
    subscription: str
    plan: Plan
    status: str
    access: str
    started_at: datetime
    period: Period
    next_plan: str | None

"""What the billing desk answers, as frozen dataclasses. Tokens are whole numbers, instants are aware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CoveredBy:
    """What paid: the plan's allowance, bought or granted tokens, overage. `uncovered` is charged to nobody."""

    allowance: int
    from_lots: int
    overage: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a meter. `limit` and `remaining` are None where there is none, `resets_at` where it never does."""

    limit: int | None
    used: int
    remaining: int | None
    percent: int
    unlimited: bool
    window: str | None
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class Meter(Limit):
    """The tightest limit of a meter, and in `limits` all of them."""

    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the quota banner: `info`, `warning` or `critical`, a sentence, and the page where it can be mended."""

    level: str
    code: str
    text: str
    percent: int | None
    action_url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The account right after an answer. `spendable` is what may still be spent of the balance."""

    account: str
    external_id: str | None
    balance: int
    held: int
    spendable: int
    allowance_left: int
    meters: Mapping[str, Meter]
    warnings: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: the limit that binds and when it resets, or what is missing."""

    reason: str
    meter: str | None
    window: str | None
    limit: int | None
    used: int | None
    needed: int | None
    available: int | None
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedStanding(Standing):
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Checked(Standing):
    """What `record` would say now. Nothing was written."""

    allowed: bool
    reason: str | None
    covered_by: CoveredBy
    draws: Mapping[str, int]
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Charged(Standing):
    """An event that is on record for ever. `entry` is the number of its line in the account's books."""

    event_id: str
    entry: int
    charged: int
    draws: Mapping[str, int]
    covered_by: CoveredBy
    balance_after: int
    occurred_at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Held(Standing):
    """An estimate that is set aside until it is settled, released, or past its time."""

    event_id: str
    state: str
    from_lots: int
    allowance: int
    draws: Mapping[str, int]
    expires_at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Released(Standing):
    """Nothing is set aside under this id any more."""

    event_id: str
    state: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Opened(Standing):
    """An account for your own user id. `is_new` says whether this call opened it."""

    plan: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood in the books at an instant. Below zero is debt."""

    account: str
    external_id: str | None
    as_of: datetime
    balance: int
    unit: str


@dataclass(frozen=True, slots=True)
class Topup:
    """A purchase and how to pay it: `pay_url` is a page of ours, the others belong to the method."""

    payment_id: str
    status: str
    amount: int
    fee: int
    tax: int
    total: int
    currency: str
    method: str
    expires_at: datetime
    pay_url: str
    failure_code: str | None = None
    qr_string: str | None = None
    va_number: str | None = None
    redirect_url: str | None = None
    deeplink: str | None = None

    @property
    def is_paid(self) -> bool:
        """Only then the tokens are there."""
        return self.status == "paid"


@dataclass(frozen=True, slots=True)
class Receipt:
    """`url` is the paper, for members who are signed in; `verify_url` proves it to whoever has it."""

    number: str
    url: str
    verify_url: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing in the story of a purchase, and the status after it. `attempt` is the payment it happened to."""

    at: datetime
    kind: str
    status: str
    attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Topup):
    """The purchase as it stands, and its story."""

    attempt: str
    account: str
    external_id: str | None = None
    tokens: int
    created_at: datetime
    paid_at: datetime | None
    is_late: bool
    receipt: Receipt | None = None
    timeline: tuple[Happened, ...]

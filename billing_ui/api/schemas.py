"""The shapes that travel through the host app's door, strict on the way in, documented on the way out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal[
    "created", "pending", "processing", "paid", "failed", "expired", "canceled", "unknown", "review"
]  # fmt: skip


class TopupAsk(BaseModel):
    """For whom, how much, how. Exactly one of `external_id` and `account` is given."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    external_id: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Your own id of the user."
    )
    account: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="The id of the account here, `acc_…`."
    )
    amount: int = Field(ge=1, le=999_999_999_999, description="Price of the tokens, in whole rupiah.")
    method: str = Field(
        pattern="^[A-Z_]{1,32}$", description="`QRIS`, `VA_BCA`, `VA_BNI`, …, `OVO`, `DANA`, …", examples=["QRIS"]
    )
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(
        default=None,
        description="The payer's Indonesian mobile number. `OVO` needs it; other methods leave it unread.",
        examples=["+6281234567890"],
    )


class TopupAnswer(BaseModel):
    """A purchase and how to pay it. What its method shows is there while it is `pending`, nothing otherwise.

    `OVO` shows nothing: the payer approves what reaches their phone. `deeplink` opens an app, on a phone only.
    """

    payment_id: str = Field(description="Of the purchase; the same as in `pay_url`.")
    status: Status
    amount: int = Field(description="Price of the tokens.")
    fee: int = Field(description="Of the method, where the customer bears it; frozen with the purchase.")
    tax: int
    total: int = Field(description="What the customer pays: amount, fee and tax.")
    currency: str
    method: str
    expires_at: datetime
    pay_url: str = Field(description="A page of ours on which anybody can pay.")
    failure_code: str | None = None
    qr_string: str | None = None
    va_number: str | None = None
    redirect_url: str | None = None
    deeplink: str | None = None


class TimelineEntry(BaseModel):
    """One thing that happened, and the status after it. `attempt` is the payment it happened to."""

    at: datetime
    kind: str
    status: Status
    attempt: str


class ReceiptLink(BaseModel):
    """`url` is the PDF, for members who are signed in; `verify_url` proves it to whoever has it."""

    number: str
    url: str
    verify_url: str


class PaymentAnswer(TopupAnswer):
    """The purchase as it stands, and its story."""

    attempt: str = Field(description="The newest payment of the purchase, `pay_…`.")
    account: str
    external_id: str | None = None
    tokens: int
    created_at: datetime
    paid_at: datetime | None
    is_late: bool = Field(description="The money came after the deadline; it is credited all the same.")
    receipt: ReceiptLink | None = Field(default=None, description="Once the purchase is paid.")
    timeline: list[TimelineEntry]


class BalanceAnswer(BaseModel):
    """The balance of an account as it stood in the books at an instant. Below zero it is debt."""

    account: str
    external_id: str | None
    as_of: datetime
    balance: int
    unit: Literal["TOKEN"]


class Sum(BaseModel):
    amount: int
    currency: str


class TallyAnswer(BaseModel):
    """`ended` failed or expired; canceled ones and those that wait are only in `count`."""

    count: int
    paid: int
    ended: int
    success_percent: int | None = Field(description="paid of paid and ended, rounded down; null when none was decided.")
    paid_amounts: list[Sum] = Field(description="By currency; sums never mix.")


class MethodTally(TallyAnswer):
    method: str


class DayTally(TallyAnswer):
    day: date


class StatsAnswer(TallyAnswer):
    """Of one account, or of all of them when `account` is null."""

    model_config = ConfigDict(populate_by_name=True)

    account: str | None
    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")
    zone: str = Field(description="Whose days these are.")
    median_seconds: int | None = Field(description="From the code to the money; exact, a mean of two is rounded down.")
    methods: list[MethodTally]
    days: list[DayTally]


class Problem(BaseModel):
    """RFC 9457. `code` never changes its meaning; `facts` belong to the code."""

    type: str
    title: str
    status: int
    code: str
    facts: dict[str, str | int | None]
    request_id: str

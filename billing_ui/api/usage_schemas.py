"""The shapes that travel through the metering doors, strict on the way in, documented on the way out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST = 10**12
_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Count = Annotated[int, Field(ge=0, le=MOST)]
_EventId = Annotated[str, Field(min_length=1, max_length=200)]
Window = Literal["hour", "day", "week", "month", "total"]
Reason = Literal["quota_exceeded", "insufficient_balance", "feature_not_in_plan", "soft_locked", "limited"]


class WhoseAsk(BaseModel):
    """Exactly one of `external_id` and `account` is given."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    external_id: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Your own id of the user."
    )
    account: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="The id of the account here, `acc_…`."
    )


class CheckAsk(WhoseAsk):
    """What is used: an operation of the catalogue, or an amount of one meter. Exactly one of the two forms."""

    operation: _Name | None = Field(default=None, description="A slug of the catalogue, such as `chat`.")
    model: _Name | None = Field(default=None, description="The AI model, for the rate card.")
    input_tokens: _Count = Field(default=0, description="Those that were not served from a cache.")
    output_tokens: _Count = 0
    cached_tokens: _Count = Field(default=0, description="Input that was served from a cache.")
    quantity: _Count = Field(default=0, description="For operations that draw a quantity: minutes, pictures.")
    usage_type: _Name | None = Field(default=None, description="The plain form: a meter of the catalogue.")
    amount: _Count | None = Field(default=None, description="So much of `usage_type`; 1 when it is left out.")


class ReleaseAsk(WhoseAsk):
    """The call was not made."""

    event_id: _EventId


class ReserveAsk(CheckAsk):
    """An estimate to set aside before the call."""

    event_id: _EventId = Field(description="Yours, new for each call; `settle` or `release` names it again.")
    seconds: Annotated[int, Field(ge=30, le=86_400)] | None = Field(
        default=None, description="How long at most; the deployment's `holds.timeout_s` when it is left out."
    )


class UsageAsk(CheckAsk):
    """An event that happened."""

    event_id: _EventId = Field(description="Yours, new for each event, kept for ever. The same id is the same event.")
    occurred_at: str | None = Field(
        default=None,
        description="When it happened, with its zone; now when it is left out. At most 5 minutes ahead of our clock.",
        json_schema_extra={"format": "date-time"},
    )
    session_id: _Name | None = None
    metadata: dict[str, Any] = Field(default_factory=dict, description="Kept with the event: 2,048 bytes as JSON.")


class CoveredBy(BaseModel):
    """Where the paid part comes from. `uncovered` is charged to nobody."""

    allowance: int
    from_lots: int
    overage: int
    uncovered: int


class LimitAnswer(BaseModel):
    """One limit. `limit` and `remaining` are null where there is none."""

    limit: int | None
    used: int
    remaining: int | None
    percent: int = Field(description="Rounded down, so that 100 means that nothing is left.")
    unlimited: bool
    window: Window | None
    resets_at: datetime | None


class MeterAnswer(LimitAnswer):
    """The tightest limit of a meter, and all of them."""

    limits: list[LimitAnswer]


class WarningAnswer(BaseModel):
    """Something to show your user, in their language, and where it can be mended."""

    level: Literal["info", "warning", "critical"]
    code: str
    text: str
    percent: int | None
    action_url: str


class StandingAnswer(BaseModel):
    """The account right after the answer. A repeated answer shows the account of now."""

    account: str
    external_id: str | None
    balance: int
    held: int = Field(description="Set aside for calls that are being made.")
    spendable: int = Field(description="What lots and overdraft would still pay; below zero it is debt.")
    allowance_left: int = Field(description="What is left of the plan's included tokens in the running period.")
    meters: dict[str, MeterAnswer] = Field(description="The meters that the event draws.")
    warnings: list[WarningAnswer]


class RefusalAnswer(BaseModel):
    """Why not: the limit that binds and when it resets, or what is missing."""

    reason: Reason
    meter: str | None
    window: Window | None
    limit: int | None
    used: int | None
    needed: int | None
    available: int | None
    resets_at: datetime | None


class CheckAnswer(StandingAnswer):
    """What `track-usage` would answer now. Nothing was written."""

    allowed: bool
    reason: Reason | None
    covered_by: CoveredBy
    draws: dict[str, int]
    refusal: RefusalAnswer | None


class UsageAnswer(StandingAnswer):
    """An event that is on record. What stands here first never changes."""

    event_id: str
    entry: int = Field(description="The number of its last line in the account's books.")
    charged: int
    draws: dict[str, int]
    covered_by: CoveredBy
    balance_after: int
    occurred_at: datetime
    replayed: bool


class ReserveAnswer(StandingAnswer):
    """An estimate that is set aside."""

    event_id: str
    state: Literal["open", "settled", "released", "expired"]
    from_lots: int
    allowance: int
    draws: dict[str, int]
    expires_at: datetime
    replayed: bool


class ReleaseAnswer(StandingAnswer):
    """Nothing is set aside under this id any more."""

    event_id: str
    state: Literal["released"]
    replayed: bool


class BatchResult(BaseModel):
    """What `track-usage` would have answered to this event alone: its status and its body."""

    event_id: str | None
    status: Literal[200, 201, 402, 404, 409, 422, 500]
    body: dict[str, Any]


class BatchAnswer(BaseModel):
    """In the order of the events."""

    results: list[BatchResult]
    accepted: int
    refused: int


class RefusedProblem(StandingAnswer):
    """A problem document with why not, and how the account stands."""

    type: str
    title: str
    status: int
    code: Reason
    facts: dict[str, Any]
    request_id: str
    refusal: RefusalAnswer

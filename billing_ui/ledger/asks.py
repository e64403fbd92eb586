"""What callers hand to the usage writer and get back: an ask, and the result with the account as it stands after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from billing_ui.rules.usage import Cover, Need, Refusal, Standing

Kind = Literal["record", "reserve", "settle", "release", "check"]
LONGEST_EVENT_ID = 200
USAGE = "usage:"


# What is made for every event is not frozen: it would take four times as long to make.
@dataclass(slots=True)
class Told:
    """What the host app told about an event, and the rate card it was priced by. Kept with it for ever."""

    operation: str
    model: str = ""
    session: str | None = None
    input: int = 0
    output: int = 0
    cached: int = 0
    quantity: int = 0
    rate_version: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Ask:
    """One wish of a host app about one account. The same event id with the same hash is the same wish."""

    kind: Kind
    account_id: int
    event_id: str
    actor: str
    request_hash: str
    need: Need | None = None
    told: Told | None = None
    expires_at: datetime | None = None

    @property
    def key(self) -> str:
        return USAGE + self.event_id


@dataclass(slots=True)
class Taken:
    """An event that is on record. `seq` numbers its last entry; `charged` is what somebody pays for it."""

    event_id: str
    seq: int
    draws: Mapping[str, int]
    charged: int
    cover: Cover
    balance_after: int
    occurred_at: datetime
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """An estimate that is set aside until it is settled, released, or past its time."""

    event_id: str
    draws: Mapping[str, int]
    from_lots: int
    allowance: int
    expires_at: datetime
    state: str = "open"
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """A hold that holds nothing any more."""

    event_id: str
    replayed: bool = False


Result = Taken | Held | Released | Cover | Refusal


@dataclass(slots=True)
class Outcome:
    """What became of an ask, the account right after it, and what the ask would draw of which meters."""

    result: Result
    standing: Standing
    balance: int
    held: int
    draws: Mapping[str, int] = field(default_factory=dict)

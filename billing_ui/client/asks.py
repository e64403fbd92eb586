"""What may be asked of the billing desk: one place for paths and bodies, used by the sync and the async client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Generic, TypedDict, TypeVar
from urllib.parse import quote

from billing_ui.client import answers
from billing_ui.client.reading import read
from billing_ui.kit.ids import Ids

T = TypeVar("T")
_ids = Ids()


class Whose(TypedDict, total=False):
    """Exactly one of your own id of the user and our id of the account."""

    external_id: str
    account: str


class What(Whose, total=False):
    """An operation with its tokens or quantity, or the plain form: an amount of one meter."""

    operation: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    quantity: int
    usage_type: str
    amount: int


class Estimate(What, total=False):
    """What a call will take at most, and for how many seconds it is set aside."""

    event_id: str
    seconds: int


class Event(What, total=False):
    """Something that happened. Without `event_id` it gets one, which stays the same however often it is sent."""

    event_id: str
    occurred_at: datetime | str
    session_id: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One request and how to read its answer. The same bytes are sent however often it is tried."""

    verb: str
    path: str
    read: Callable[[object], T]
    content: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    event_id: str = ""


def new_event_id() -> str:
    return _ids.public("evt")


def check(what: What) -> Ask[answers.Checked]:
    return _post("/api/billing/usage-check", what, partial(read, answers.Checked))


def record(event: Event) -> Ask[answers.Charged]:
    return _post("/api/billing/track-usage", named(event), partial(read, answers.Charged))


def reserve(estimate: Mapping[str, Any]) -> Ask[answers.Held]:
    return _post("/api/billing/reserve", estimate, partial(read, answers.Held))


def settled(event: Mapping[str, Any]) -> Ask[answers.Charged]:
    return _post("/api/billing/settle", event, partial(read, answers.Charged))


def release(event_id: str, whose: Mapping[str, Any]) -> Ask[answers.Released]:
    return _post("/api/billing/release", {**whose, "event_id": event_id}, partial(read, answers.Released))


def init_user(external_id: str, told: Mapping[str, str | None]) -> Ask[answers.Opened]:
    return _post("/api/billing/init-user", {"external_id": external_id, **told}, partial(read, answers.Opened))


def balance(as_of: datetime | None, whose: Whose) -> Ask[answers.Balance]:
    query = {**_query(whose), **({"as_of": plain(as_of)} if as_of else {})}
    return Ask("GET", "/api/billing/balance", partial(read, answers.Balance), query=query)


def topup(wish: Mapping[str, Any], key: str | None) -> Ask[answers.Topup]:
    ask = _post("/api/payments/topup", wish, partial(read, answers.Topup))
    name = key or _ids.public("key")
    return Ask(ask.verb, ask.path, ask.read, ask.content, headers={"Idempotency-Key": name}, event_id=name)


def payment(payment_id: str) -> Ask[answers.Payment]:
    return Ask("GET", f"/api/payments/{quote(payment_id, safe='')}", partial(read, answers.Payment))


def named(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same with an event id, a new one where none was given."""
    return {**told, "event_id": told.get("event_id") or new_event_id()}


def written(body: Mapping[str, Any]) -> bytes:
    """What was not told is left out: null is an answer, not a question."""
    given = {name: each for name, each in body.items() if each is not None}
    return json.dumps(given, default=plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _post(path: str, body: Mapping[str, Any], reader: Callable[[object], T]) -> Ask[T]:
    return Ask("POST", path, reader, written(body), event_id=str(body.get("event_id") or ""))


def _query(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: plain(each) for name, each in told.items() if each is not None}


def plain(value: object) -> str:
    """Instants travel with their zone; one without a zone could be any of twenty-four."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.isoformat()
    if isinstance(value, str | int | date):
        return str(value)
    raise TypeError(f"cannot be sent: {type(value).__name__}")

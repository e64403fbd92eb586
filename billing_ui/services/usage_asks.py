"""Turns what a host app tells about an event into an ask of the books: checked, priced, and told apart from others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from json.encoder import encode_basestring_ascii
from typing import Any

from billing_ui.catalogues.measures import Rate
from billing_ui.env import Env
from billing_ui.ledger import Ask, Told
from billing_ui.ledger.asks import LONGEST_EVENT_ID, Kind
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.usage import Need, charge

# A host's clock may run a little ahead of ours: that is now. What it tells as later is a mistake, and so is a time
# before anybody was metered: seconds told as milliseconds, or the other way round.
_AHEAD = timedelta(minutes=5)
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_MOST = 10**12
_MOST_DRAWN = 10**15
_LONGEST_NAME = 100
_LARGEST_METADATA = 2048
_COUNTS = ("input_tokens", "output_tokens", "cached_tokens", "quantity", "amount")
# The sign NUL as JSON writes it, behind no backslash of its own. PostgreSQL cannot keep it.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


# One is made for every event, and a frozen one would take four times as long to make.
@dataclass(slots=True)
class Usage:
    """One event as the host app tells it: an operation of the catalogue, or an amount of one meter (`usage_type`).

    `input_tokens` are those that were not served from a cache. Without `occurred_at` it happens now.
    """

    account_id: int
    event_id: str
    operation: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    quantity: int = 0
    usage_type: str = ""
    amount: int = 0
    occurred_at: datetime | None = None
    session: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def ask(env: Env, actor: Actor, kind: Kind, usage: Usage, seconds: int = 0) -> Ask:
    """The ask of an event: priced by the rate card in force when it happened, checked, and told apart by its hash."""
    now = env.clock.now()
    at = _when(usage.occurred_at, now)
    _check_bounds(usage)
    need, version = _need(env, usage, at)
    told = Told(
        need.operation, usage.model, usage.session, usage.input_tokens, usage.output_tokens, usage.cached_tokens,
        usage.quantity or usage.amount, version, dict(usage.metadata),
    )  # fmt: skip
    return Ask(
        kind, usage.account_id, "" if kind == "check" else named(usage.event_id), actor.name,
        "" if kind == "check" else _hash(kind, usage), need, told,
        now + timedelta(seconds=seconds) if kind == "reserve" else None,
    )  # fmt: skip


def _when(told: datetime | None, now: datetime) -> datetime:
    if told is None:
        return now
    if told.utcoffset() is None:
        raise FieldInvalid(field="occurred_at", why="instant_with_zone")
    if told < _OLDEST:
        raise FieldInvalid(field="occurred_at", why="too_old")
    if told > now + _AHEAD:
        raise FieldInvalid(field="occurred_at", why="in_the_future")
    return min(told.astimezone(UTC), now)


def _need(env: Env, usage: Usage, at: datetime) -> tuple[Need, int | None]:
    """What the event draws of which meters, and the version of the rate card that says so."""
    catalogue = env.catalogue
    if bool(usage.operation) == bool(usage.usage_type):
        raise FieldInvalid(field="operation", why="exactly_one_of_operation_usage_type")
    if usage.usage_type:
        if usage.usage_type not in catalogue.meters:
            raise FieldInvalid(field="usage_type", why="unknown")
        return Need(usage.usage_type, {usage.usage_type: usage.amount}, at), None
    operation = catalogue.operations.get(usage.operation)
    if operation is None:
        raise FieldInvalid(field="operation", why="unknown")
    card = catalogue.rate_card(at) or min(catalogue.rate_cards, key=lambda card: card.version, default=None)
    draws: dict[str, int] = {}
    version: int | None = None
    for meter, draw in operation.draws.items():
        if draw == "rated":
            rate = card.rate(operation.slug, usage.model) if card is not None else None
            if card is None or rate is None:
                raise FieldInvalid(field="model", why="no_rate")
            drawn, version = _rated(rate, usage), card.version
        else:
            drawn = usage.quantity if draw == "quantity" else draw
        if drawn > _MOST_DRAWN:
            raise FieldInvalid(field="quantity", why="range")
        draws[meter] = drawn
    return Need(operation.slug, draws, at, operation.slug in catalogue.limited_operations), version


def _rated(rate: Rate, usage: Usage) -> int:
    """By the tokens told, or so many for each time: a call that makes three pictures tells a quantity of three."""
    if rate.fixed_tokens is not None:
        return rate.fixed_tokens * max(usage.quantity, 1)
    return charge(
        usage.input_tokens, usage.output_tokens, usage.cached_tokens, rate.input_milli, rate.output_milli,
        rate.cached_milli,
    )  # fmt: skip


def _check_bounds(usage: Usage) -> None:
    told = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.quantity, usage.amount)
    if min(told) < 0 or max(told) > _MOST:
        out = next(place for place, count in enumerate(told) if not 0 <= count <= _MOST)
        raise FieldInvalid(field=_COUNTS[out], why="range")
    if not _is_name(usage.model or "-"):
        raise FieldInvalid(field="model", why="length")
    if not _is_name(usage.session or "-"):
        raise FieldInvalid(field="session", why="length")
    if usage.metadata:
        _check_metadata(usage.metadata)


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    """What both databases can keep as it was told."""
    try:
        told = json.dumps(metadata, allow_nan=False, ensure_ascii=False, sort_keys=True)
        size = len(told.encode())
    except (TypeError, ValueError, RecursionError):
        raise FieldInvalid(field="metadata", why="not_json") from None
    if size > _LARGEST_METADATA:
        raise FieldInvalid(field="metadata", why="too_large")
    if _NUL.search(told):
        raise FieldInvalid(field="metadata", why="characters")


def named(event_id: str) -> str:
    """An event id that may be kept for ever."""
    if not 0 < len(event_id) <= LONGEST_EVENT_ID or not event_id.isprintable():
        raise FieldInvalid(field="event_id", why="length")
    return event_id


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and name.isprintable()


def _hash(kind: Kind, usage: Usage) -> str:
    """What must be equal for the same event id to mean the same event: all that was told, not what it costs. An
    instant is the same whichever zone it is told in."""
    at = usage.occurred_at.astimezone(UTC).isoformat() if usage.occurred_at else None
    metadata = json.dumps(dict(usage.metadata), sort_keys=True) if usage.metadata else "{}"
    # The JSON of a list, put together by hand: for small things an encoder takes longer to make than to use.
    told = (
        f"[{_quoted(kind)}, {_quoted(usage.operation)}, {_quoted(usage.model)}, {usage.input_tokens},"
        f" {usage.output_tokens}, {usage.cached_tokens}, {usage.quantity}, {_quoted(usage.usage_type)}, {usage.amount},"
        f" {_quoted(at)}, {_quoted(usage.session)}, {metadata}]"
    )
    return blake2b(told.encode(), digest_size=8).hexdigest()


def _quoted(words: str | None) -> str:
    return "null" if words is None else encode_basestring_ascii(words)

"""What a reservation knows without asking anybody: what to charge for a call, and what becomes of it at its end."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

from billing_ui.client.answers import Charged, Held
from billing_ui.client.errors import BillingProblem, Conflict
from billing_ui.client.streams import Watched
from billing_ui.client.tokens import Tokens, tokens_of
from billing_ui.kit.clock import Clock, SystemClock

log = logging.getLogger("billing_ui.client")

_TOKENS = ("input_tokens", "output_tokens", "cached_tokens")
_NOT_OF_AN_EVENT = {"seconds"}


class Actual(TypedDict, total=False):
    """What a call took in the end, where its provider's usage object does not say it."""

    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    quantity: int
    amount: int
    occurred_at: datetime | str
    session_id: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A call that was made and could not be charged. `settle(**event)` charges it later, once however often it is
    sent: whether it arrived the first time is not known. `event` is plain JSON, to be kept in a table or a queue."""

    event: Mapping[str, Any]
    problem: BaseException


def tell_the_log(unsettled: Unsettled) -> None:
    """What happens to an unsettled call when nobody else wants it."""
    log.error("not charged yet (%s): %s", unsettled.problem, json.dumps(dict(unsettled.event), default=str))


def hand_over(on_unsettled: Callable[[Unsettled], object], unsettled: Unsettled) -> object:
    """Gives it to whoever wants it; where that fails too it stands in the log at least."""
    try:
        return on_unsettled(unsettled)
    except BaseException:
        tell_the_log(unsettled)
        raise


class Reservation:
    """One call with an estimate set aside for it: open until it is settled or released.

    `charged` is what it came to, once that is known.
    """

    def __init__(self, estimate: Mapping[str, Any], held: Held, clock: Clock | None = None) -> None:
        if held.state != "open":
            raise Conflict(f"hold_{held.state}", "Under this event id a call was reserved before, and ended.")
        self.held = held
        self.event_id = held.event_id
        self.charged: Charged | None = None
        self.state: Literal["open", "settled", "unsettled", "released"] = "open"
        self._estimate = {name: each for name, each in estimate.items() if name not in _NOT_OF_AN_EVENT}
        self._clock = clock or SystemClock()
        self._is_streamed = self._has_begun = False

    def _end(self, *, is_settled: bool) -> None:
        if self.state != "open":
            raise RuntimeError(f"this call is {self.state} already: {self.event_id}")
        self.state = "settled" if is_settled else "released"

    def _event(self, usage: object, told: Mapping[str, Any]) -> dict[str, Any]:
        """The event to charge. What nobody tells is as it was estimated; nothing at all told is the whole estimate."""
        event = dict(self._estimate)
        if usage is not None:
            tokens = usage if isinstance(usage, Tokens) else tokens_of(usage)
            event.update(zip(_TOKENS, (tokens.input, tokens.output, tokens.cached), strict=True))
        elif any(name in told for name in _TOKENS):
            event.update(dict.fromkeys(_TOKENS, 0))
        # It belongs to the day it was made on, also when it can be charged on the next one only.
        event.update({"occurred_at": self._clock.now().isoformat(), **told, "event_id": self.event_id})
        if isinstance(event["occurred_at"], datetime):
            event["occurred_at"] = event["occurred_at"].isoformat()
        return event

    def _begin_stream(self) -> None:
        if self.state != "open" or self._is_streamed:
            ended = "streamed" if self._is_streamed else self.state
            raise RuntimeError(f"this call is {ended} already: its stream begins inside the block")
        self._is_streamed = True

    @property
    def _is_handed_on(self) -> bool:
        """A stream that somebody else will read after the block, such as a web server: it settles at its own end."""
        return self._is_streamed and not self._has_begun

    def _cut_short(self, watched: Watched) -> Tokens | None:
        return watched.cut_short(int(self._estimate.get("output_tokens", 0)))


def whose(estimate: Mapping[str, Any]) -> dict[str, Any]:
    return {name: estimate[name] for name in ("external_id", "account") if name in estimate}


def warn_unreleased(call: Reservation, problem: BillingProblem) -> None:
    log.warning("%s lets go of itself at %s: %s", call.event_id, call.held.expires_at.isoformat(), problem)


def warn_silent_stream(call: Reservation) -> None:
    log.warning("a stream told no usage, so its estimate is charged: %s (OpenAI: include_usage)", call.event_id)

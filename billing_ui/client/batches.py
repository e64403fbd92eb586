"""Many events in as few requests as the billing desk takes at once; each event has an answer of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from billing_ui.client import wire
from billing_ui.client.answers import Charged
from billing_ui.client.asks import Ask, Event, named, written
from billing_ui.client.errors import BillingProblem
from billing_ui.client.reading import Unreadable, read

MOST_EVENTS = 1000
# The billing desk takes a body of 1 MiB; brackets and commas need some room too.
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one event: it was charged, or there is a problem. With a `Passing` one it may be sent again."""

    event_id: str
    charged: Charged | None = None
    problem: BillingProblem | None = None


def named_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Each with its id before anything is sent, so that all of it may be sent again."""
    return [named(event) for event in events]


def chunks(events: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Sequence[Mapping[str, Any]], Ask[list[BatchResult]]]]:
    """Runs of events that fit into one request each, in their order."""
    bodies = [written(event) for event in events]
    first, size = 0, 0
    for place, body in enumerate(bodies):
        if place > first and (place - first == MOST_EVENTS or size + len(body) > MOST_BYTES):
            yield events[first:place], _ask(bodies[first:place], events[first:place])
            first, size = place, 0
        size += len(body) + 1
    if events:
        yield events[first:], _ask(bodies[first:], events[first:])


def unsent(events: Iterable[Mapping[str, Any]], problem: BillingProblem) -> list[BatchResult]:
    """Nothing is lost silently: events that got no answer say why."""
    return [BatchResult(str(event["event_id"]), problem=problem) for event in events]


def _ask(bodies: Sequence[bytes], events: Sequence[Mapping[str, Any]]) -> Ask[list[BatchResult]]:
    ids = [str(event["event_id"]) for event in events]
    content = b'{"events":[' + b",".join(bodies) + b"]}"
    return Ask("POST", "/api/billing/track-usage/batch", lambda told: _results(told, ids), content)


def _results(told: object, ids: Sequence[str]) -> list[BatchResult]:
    results = told.get("results") if isinstance(told, Mapping) else None
    if not isinstance(results, list) or len(results) != len(ids):
        raise Unreadable("results: not one for each event")
    return [_result(result, event_id) for result, event_id in zip(results, ids, strict=True)]


def _result(told: object, event_id: str) -> BatchResult:
    if not isinstance(told, Mapping) or not isinstance(told.get("status"), int):
        raise Unreadable("results: no status")
    body = told.get("body")
    if told["status"] < 300:
        return BatchResult(event_id, read(Charged, body))
    problem = wire.told(told["status"], body if isinstance(body, Mapping) else {})
    problem.event_id = event_id
    return BatchResult(event_id, problem=problem)

"""The metering doors over HTTP in one process, beside doors on the same server that keep nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from typing import Any

from benchmarks import sums
from benchmarks.doors import served
from benchmarks.knocking import knock, knock_for
from benchmarks.samples import Sample, Variant
from benchmarks.stock import CATALOGUE, SECRET, Kind, Shop, Stock, shop
from benchmarks.traffic import Traffic
from billing_ui.services.usage import Usage

NAME = "http_doors"
TITLE = "metering over HTTP, 32 connections, one process"
DATABASES: tuple[Kind, ...] = ("pg",)
CONNECTIONS = 32
BATCH = 100
MANY = "/api/billing/track-usage/batch"
BATCH_CONNECTIONS = 4
_LEAST_S = {1: 0.0, BATCH: 0.6}


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with ExitStack() as stack:
        one = stack.enter_context(shop(stock, db))
        environment = {
            "DATABASE_URL": one.url.render_as_string(hide_password=False), "BILLING_SECRET": SECRET,
            "BILLING_ENV": "test", "CATALOGUE": CATALOGUE,
        }  # fmt: skip
        single, many = Traffic("one-", one.accounts), Traffic("many-", one.accounts, seed=7)
        yield from _served(one, environment, single, many)
        for told in (single, many):
            sums.require_told(one.env.db, told.name, told.events, told.tokens)


def _served(
    one: Shop, environment: Mapping[str, str], single: Traffic, many: Traffic
) -> Iterator[Mapping[str, Variant]]:
    with (
        served("benchmarks.doors:product", **environment) as product,
        served("benchmarks.reference.bare_doors:app", BILLING_SECRET=SECRET) as bare,
    ):
        asked = Traffic("asked-", one.accounts, seed=9)
        track = _requests("/api/billing/track-usage", lambda: body(one, single()))
        batch = _requests(
            "/api/billing/track-usage/batch", lambda: {"events": [body(one, many()) for _ in range(BATCH)]}
        )
        check = _requests("/api/billing/usage-check", lambda: body(one, asked(), is_event=False))
        nothing = body(one, asked())
        knock(product, list(_first_events(one)), 1).require_answers()
        yield {
            "one event": partial(knocked, product, track, CONNECTIONS, 1),
            "batches of 100": partial(knocked, product, batch, BATCH_CONNECTIONS, BATCH),
            "may it be": partial(knocked, product, check, CONNECTIONS, 1),
            "no-op": partial(knocked, bare, _requests("/answer", lambda: nothing), CONNECTIONS, 1),
            "parse and compare": partial(knocked, bare, _requests("/parse", lambda: nothing), CONNECTIONS, 1),
        }


def knocked(port: int, requests: Iterator[bytes], connections: int, each: int, seconds: float) -> Sample:
    """Batches are few in a second, so they are counted for longer."""
    return knock_for(port, requests, connections, max(seconds, _LEAST_S[each]), each)


def body(one: Shop, event: Usage, *, is_event: bool = True) -> dict[str, Any]:
    """As a host app writes it, by its own id of the user."""
    told: dict[str, Any] = {
        "external_id": f"user-{event.account_id - one.accounts[0]}", "operation": event.operation,
        "model": event.model, "input_tokens": event.input_tokens, "output_tokens": event.output_tokens,
    }  # fmt: skip
    return told | {"event_id": event.event_id, "session_id": event.session} if is_event else told


def _first_events(one: Shop) -> Iterator[bytes]:
    """One event of each account, so that the doors know them all, as they do after the first minute."""
    events = [
        {"external_id": f"user-{number}", "operation": "chat", "input_tokens": 1, "event_id": "first"}
        for number in range(len(one.accounts))
    ]
    for at in range(0, len(events), 1000):
        yield next(_requests(MANY, lambda at=at: {"events": events[at : at + 1000]}))


def _requests(path: str, made: Callable[[], Mapping[str, Any]]) -> Iterator[bytes]:
    for _ in count():
        content = json.dumps(made()).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"authorization: Bearer {SECRET}\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        yield head.encode() + content

"""A batch of usage between the database and the rules: pages out of rows read, rows to write out of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from billing_ui.kit.period import local_day
from billing_ui.ledger.alerts import key_of
from billing_ui.ledger.asks import USAGE, Ask, Taken
from billing_ui.ledger.counting import counted
from billing_ui.ledger.deciding import Event, HoldRow, Line, Page
from billing_ui.ledger.kept import kept_draws
from billing_ui.ledger.terms import PlanTerms
from billing_ui.models.types import of_micros
from billing_ui.rules.alerts import Alert
from billing_ui.rules.lots import OpenLot
from billing_ui.rules.quotas import Calendar
from billing_ui.rules.usage import Cover

Row = tuple[Any, ...]
Rows = list[dict[str, Any]]


def asked(asks: Sequence[Ask]) -> dict[str, Any]:
    """What a batch has to read: accounts, and keys that may be known or reserved."""
    keyed = [ask for ask in asks if ask.kind != "check"]
    return {
        "ids": list({ask.account_id for ask in asks}),
        "accounts": [ask.account_id for ask in keyed], "keys": [ask.key for ask in keyed],
    }  # fmt: skip


def page_of(row: Row, terms: PlanTerms) -> Page:
    """The page of one account, out of its row."""
    (account_id, version, seq, balance, held, floor, access, plan_version_id, period_on, zone, last_at, due_at,
     release_at, windows, lots, known, holds, _zone) = row  # fmt: skip
    promised = terms[plan_version_id]
    page = Page(
        account_id, version, seq, balance, held, floor, access, promised, Calendar(zone, period_on, promised.months),
        last_at, due_at, release_at, windows, [_lot(*lot) for lot in lots or ()],
    )  # fmt: skip
    for told in known or ():
        taken, request_hash = _taken(told, promised.paid)
        page.known[taken.event_id] = (taken, request_hash)
    for told in holds or ():
        hold = _hold(told)
        page.holds[hold.event_id] = hold
    return page


def _lot(lot_id: int, public_id: str, priority: int, expires_at: str | None, remaining: int, frozen: bool) -> OpenLot:
    return OpenLot(
        lot_id, public_id, priority, None if expires_at is None else instant(expires_at), remaining, bool(frozen)
    )


def _taken(told: Sequence[Any], paid: str | None) -> tuple[Taken, str]:
    key, seq, draws, allowance, from_lots, overage, uncovered, balance_after, occurred_at, request_hash = told
    cover = Cover(allowance, from_lots, overage or 0, uncovered or 0)
    taken = Taken(
        key.removeprefix(USAGE), seq, kept_draws(draws, cover, paid), cover.charged, cover, balance_after,
        instant(occurred_at),
    )  # fmt: skip
    return taken, request_hash


def _hold(told: Sequence[Any]) -> HoldRow:
    hold_id, event_id, quantity, draws, allowance, held_at, expires_at, state, request_hash = told
    began, ends = instant(held_at), instant(expires_at)
    return HoldRow(hold_id, event_id, quantity, draws, allowance, began, ends, state, request_hash)


def zone_of(row: Row) -> str | None:
    """The zone in which the days of all accounts are kept, out of the row of any account."""
    zone: str | None = row[-1]
    return zone


def written(pages: Sequence[Page], zone: str | None) -> dict[str, Rows]:
    """The rows of every table that the decisions of a batch touch. Names are short: PostgreSQL reads them as JSON."""
    holds = [(page.account_id, hold) for page in pages for hold in page.touched.values()]
    return {
        "heads": [_head(page) for page in pages],
        "lines": [row for page in pages for row in _lines(page)],
        "lots": [
            {"a": page.account_id, "i": lot.id, "r": lot.remaining}
            for page in pages if page.burned for lot in page.lots if lot.id in page.burned
        ],
        "holds": [_new_hold(account_id, hold) for account_id, hold in holds if hold.id is None],
        "ended": [
            {"a": account_id, "i": hold.id, "s": hold.state} for account_id, hold in holds if hold.id is not None
        ],
        "cells": [cell | {"z": zone and _day_of_all(cell["h"], zone)} for cell in counted(pages)],
        "jobs": [_job(page, alert) for page in pages for alert in page.alerts],
    }  # fmt: skip


@lru_cache(1024)
def _day_of_all(hour_at: str, zone: str) -> str:
    return local_day(instant(hour_at), zone).isoformat()


def _head(page: Page) -> dict[str, Any]:
    return {
        "a": page.account_id, "v": page.version, "s": page.seq, "b": page.balance, "h": page.held, "u": page.used,
        "l": stamp(page.last_at), "d": _stamp_or_none(page.next_due()), "r": _stamp_or_none(page.release_at),
        "w": page.windows,
    }  # fmt: skip


def _lines(page: Page) -> Iterator[dict[str, Any]]:
    """An entry for each line; the last one of an event tells the event too. What is nothing is left out."""
    events = {event.seq: event for event in page.events}
    for line in page.lines:
        ask = line.ask
        assert ask.need is not None
        row = {
            "a": page.account_id, "s": line.seq, "q": line.quantity, "b": line.balance_after, "at": ask.need.at,
            "l": line.line, "k": ask.key, "w": ask.actor, "h": ask.request_hash,
        }  # fmt: skip
        if line.lot_id is not None:
            row["t"] = line.lot_id
        if line.seq == line.event_seq:
            row |= _event(page, events[line.seq], line)
        yield row


def _event(page: Page, event: Event, last: Line) -> dict[str, Any]:
    told, cover = event.ask.told, event.cover
    assert told is not None
    row: dict[str, Any] = {"op": told.operation, "m": told.model, "i": told.input, "o": told.output}
    more = {
        "c": told.cached, "tq": told.quantity, "r": told.rate_version, "al": cover.allowance,
        "ov": cover.overage, "un": cover.uncovered, "md": told.metadata,
    }  # fmt: skip
    row |= {name: value for name, value in more.items() if value}
    if told.session is not None:
        row["ss"] = told.session
    if cover.from_lots != last.quantity:
        row["fl"] = cover.from_lots
    if event.draws != kept_draws(None, cover, page.terms.paid):
        row["d"] = event.draws
    return row


def _new_hold(account_id: int, hold: HoldRow) -> dict[str, Any]:
    return {
        "a": account_id, "k": hold.event_id, "q": hold.quantity, "d": hold.draws, "al": hold.allowance,
        "at": stamp(hold.held_at), "e": stamp(hold.expires_at), "s": hold.state, "h": hold.request_hash,
    }  # fmt: skip


def _job(page: Page, alert: Alert) -> dict[str, Any]:
    key = key_of(page.account_id, alert)
    told = {"key": key, "account": page.account_id, **asdict(alert)}
    return {"a": page.account_id, "k": key, "g": told, "t": stamp(page.last_at)}


def stamp(instant: datetime) -> str:
    """An instant as SQLite stores it, which PostgreSQL reads as well: both keep UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _stamp_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else stamp(instant)


def instant(told: str | int) -> datetime:
    """PostgreSQL tells the zone, SQLite does not: there everything is UTC, and instants of events are microseconds."""
    if isinstance(told, int):
        return of_micros(told)
    read = datetime.fromisoformat(told)
    return read if read.tzinfo else read.replace(tzinfo=UTC)

"""What a list is asked for by its address: search, filters, days, page and size. What nobody knows is ignored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

SIZES = (25, 50, 100)
LONGEST_SEARCH = 80
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
_PAGE = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Choices:
    """The words that the filters of one list know."""

    types: frozenset[str] = field(default_factory=frozenset)
    statuses: frozenset[str] = field(default_factory=frozenset)
    methods: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class ListAsk:
    """One page of a list. Empty means not asked for; `first_on` and `last_on` are local days, both included."""

    q: str = ""
    type: str = ""
    status: str = ""
    method: str = ""
    first_on: date | None = None
    last_on: date | None = None
    page: str = ""
    per: int = SIZES[0]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.type or self.status or self.method or self.first_on or self.last_on)


def read_ask(query: Mapping[str, str], choices: Choices) -> ListAsk:
    """The ask that an address means. Days the wrong way round are put right."""
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    if first and last and first > last:
        first, last = last, first
    page, per = query.get("page", ""), query.get("per", "")
    return ListAsk(
        q=_search(query.get("q", "")),
        type=_known(query.get("type", ""), choices.types),
        status=_known(query.get("status", ""), choices.statuses),
        method=_known(query.get("method", ""), choices.methods),
        first_on=first,
        last_on=last,
        page=page if _PAGE.fullmatch(page) else "",
        per=next((size for size in SIZES if str(size) == per), SIZES[0]),
    )


def query_of(ask: ListAsk) -> dict[str, str]:
    """The parameters of an address that means this ask; defaults are left out."""
    told = {
        "q": ask.q, "type": ask.type, "status": ask.status, "method": ask.method,
        "from": ask.first_on.isoformat() if ask.first_on else "",
        "to": ask.last_on.isoformat() if ask.last_on else "",
        "page": ask.page, "per": "" if ask.per == SIZES[0] else str(ask.per),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def address(path: str, ask: ListAsk, **more: str) -> str:
    """The path with the ask behind it; `more` is what the page adds of its own, such as an open row."""
    told = urlencode({**query_of(ask), **{name: value for name, value in more.items() if value}})
    return f"{path}?{told}" if told else path


def changed(ask: ListAsk, choices: Choices, **values: str) -> ListAsk:
    """The ask with other values under the names of the address. Whoever filters begins at the first page."""
    return read_ask({**query_of(ask), "page": "", **values}, choices)


def span_of(first_on: date | None, last_on: date | None, today: date) -> tuple[date, date]:
    """The days that figures beside a list are about: those asked for, else the last thirty."""
    last = last_on or max(today, first_on or today)
    return first_on or last - timedelta(days=29), last


def read_day(words: str) -> date | None:
    """A day as addresses and programs write it: 2026-11-21."""
    return _day(words)


def _search(words: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())[:LONGEST_SEARCH].rstrip()


def _known(word: str, words: frozenset[str]) -> str:
    return word if word in words else ""


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if _DAY.fullmatch(words) else None
    except ValueError:
        return None

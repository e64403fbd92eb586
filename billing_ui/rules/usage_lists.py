"""What a look back at use is asked for by its address: days, grouping, filters, page. What nobody knows is ignored."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from billing_ui.rules.lists import read_day
from billing_ui.rules.usage_spans import LONGEST_DAYS, LONGEST_DAYS_BY_SESSION, RANGES, Range, span

Group = Literal["day", "operation", "model", "session"]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
# A month of days is one page.
PER: Final = 31
# Ranges that a page offers, and what they are called there.
PRESETS: Final[dict[Range, str]] = {
    "today": "today", "7d": "d7", "30d": "d30", "month": "month", "last_month": "last_month",
}  # fmt: skip
_USUAL: Final = "30d"
_LONGEST_WORD: Final = 200
_PAGE: Final = re.compile(r"[A-Za-z0-9_-]{1,800}")


@dataclass(frozen=True, slots=True)
class UsageAsk:
    """`word` names a range, unless days are given; `meter` is the main one if empty; `after` is the group behind which
    the page begins."""

    word: Range = "30d"
    first_on: date | None = None
    last_on: date | None = None
    by: Group = "day"
    meter: str = ""
    operation: str = ""
    model: str = ""
    after: str | None = None

    @property
    def has_own_days(self) -> bool:
        return self.first_on is not None or self.last_on is not None


def read_ask(query: Mapping[str, str]) -> UsageAsk:
    """The ask that an address means. Days the wrong way round are put right."""
    first, last = read_day(query.get("from", "")), read_day(query.get("to", ""))
    if first and last and first > last:
        first, last = last, first
    word, by = query.get("range", ""), query.get("by", "")
    return UsageAsk(
        word=word if word in RANGES else "30d", first_on=first, last_on=last,
        by=by if by in GROUPS else "day", meter=_word(query.get("meter", "")),
        operation=_word(query.get("op", "")), model=_word(query.get("model", "")),
        after=_read_page(query.get("page", "")),
    )  # fmt: skip


def query_of(ask: UsageAsk) -> dict[str, str]:
    """The parameters of an address that means this ask; defaults are left out."""
    told = {
        "range": "" if ask.has_own_days or ask.word == _USUAL else ask.word,
        "from": ask.first_on.isoformat() if ask.first_on else "", "to": ask.last_on.isoformat() if ask.last_on else "",
        "by": "" if ask.by == "day" else ask.by, "meter": ask.meter, "op": ask.operation,
        "model": ask.model, "page": page_of(ask.after),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def address(path: str, ask: UsageAsk) -> str:
    told = urlencode(query_of(ask))
    return f"{path}?{told}" if told else path


def changed(ask: UsageAsk, **values: str) -> UsageAsk:
    """The ask with other values under the names of the address. Whoever filters begins at the first page; a range takes
    the place of days, and days of a range."""
    told = query_of(ask)
    if "range" in values:
        told = {name: value for name, value in told.items() if name not in {"from", "to"}}
    return read_ask({**told, "page": "", **values})


def days_of(ask: UsageAsk, today: date) -> tuple[date, date]:
    """The days that are looked at, both included; of too many the last ones."""
    longest = LONGEST_DAYS_BY_SESSION if ask.by == "session" else LONGEST_DAYS
    if not ask.has_own_days:
        return span(ask.word, None, None, today, longest)
    last = ask.last_on or max(today, ask.first_on or today)
    first = ask.first_on or last - timedelta(days=29)
    return max(first, last - timedelta(days=longest - 1)), last


def page_of(after: str | None) -> str:
    """A group as a word of an address: sessions are named by host apps, with any letters."""
    return "" if after is None else base64.urlsafe_b64encode(after.encode()).decode().rstrip("=") or "_"


def _read_page(word: str) -> str | None:
    if not _PAGE.fullmatch(word):
        return None
    if word == "_":
        return ""
    try:
        return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _word(words: str) -> str:
    return words if words.isprintable() and len(words) <= _LONGEST_WORD else ""

"""The history as a file: the current filter, streamed a page at a time, so that its length costs no memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.catalogues.naming import name_of_use
from billing_ui.env import Env
from billing_ui.i18n.load import DEFAULT_LANGUAGE, LANGUAGES, text
from billing_ui.kit.period import local_day
from billing_ui.queries.history import CHOICES, HistoryPage, HistoryRow, history
from billing_ui.rules.errors import SignInRequired, TooManyAtOnce
from billing_ui.rules.lists import ListAsk, read_ask
from billing_ui.security.redirects import sign_in_path
from billing_ui.web.doors import see_other, told_no, viewer_of
from billing_ui.web.downloads import PLACES, Download

_PER = 500
_HISTORY = "/subscription/history/"
_HEADS = (
    "hist.time", "csv.zone", "hist.kind", "hist.description", "csv.tokens", "hist.after", "hist.status", "csv.total",
    "csv.currency", "csv.method", "csv.ref",
)  # fmt: skip
_WHAT = ("grant", "deduct", "expire", "refund", "dispute")
# Cells that a spreadsheet would take for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class _Reader:
    account_id: int
    zone: str
    language: str


async def history_csv(request: Request) -> Response:
    """Members only. What is asked for is what the page's address asks for, without its page."""
    env = runtime.env()
    try:
        who = await viewer_of(request, env)
    except SignInRequired:
        return see_other(sign_in_path(_HISTORY))
    if who.actor.account_id is None:
        return see_other(sign_in_path(_HISTORY))
    wanted = request.query_params.get("lang", "")
    reader = _Reader(who.actor.account_id, who.account.zone, wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE)
    ask = replace(read_ask(request.query_params, CHOICES), page="", per=_PER)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{_name(env, reader, ask)}"',
        "X-Content-Type-Options": "nosniff",
    }
    try:
        return Download(PLACES, reader.account_id, _pieces(env, reader, ask), "text/csv; charset=utf-8", headers)
    except TooManyAtOnce as full:
        return told_no(full, 429, reader.language, text(reader.language, "csv.back"), _HISTORY)


async def _pieces(env: Env, reader: _Reader, ask: ListAsk) -> AsyncIterator[bytes]:
    """One transaction per page: nothing is held open while a slow reader takes its time, and the pages fit together
    because entries never change."""
    # The mark by which spreadsheets know the letters.
    yield "\ufeff".encode() + lines([[text(reader.language, key) for key in _HEADS]])
    while True:
        page = await runtime.run(_read, env, reader, ask)
        if page.rows:
            yield lines(_cells(env, row, reader) for row in page.rows)
        if not page.older:
            return
        ask = replace(ask, page=page.older)


def _read(env: Env, reader: _Reader, ask: ListAsk) -> HistoryPage:
    with env.db.read() as tx:
        return history(tx, reader.account_id, ask, reader.zone)


def _name(env: Env, reader: _Reader, ask: ListAsk) -> str:
    """`riwayat-2026-11-01_2026-11-21.csv`: the days asked for, or the day it was taken."""
    today = local_day(env.clock.now(), reader.zone)
    days = "_".join(day.isoformat() for day in (ask.first_on, ask.last_on or today) if day)
    return f"{text(reader.language, 'csv.file')}-{days}.csv"


def _cells(env: Env, row: HistoryRow, reader: _Reader) -> Iterator[Any]:
    say = reader.language
    yield row.at.astimezone(ZoneInfo(reader.zone)).isoformat(timespec="seconds")
    yield reader.zone
    yield text(say, f"hist.{row.kind}")
    yield _about(env, row, say)
    yield row.tokens if row.is_posted else 0
    yield row.balance_after if row.is_posted else ""
    yield text(say, f"st.{row.status}")
    yield row.amount or ""
    yield row.currency
    yield text(say, f"method.{row.method}") if row.method else ""
    yield row.id


def _about(env: Env, row: HistoryRow, language: str) -> str:
    if row.used is not None:
        done = name_of_use(env.catalogue, row.used.operation).said_in(language)
        free = text(language, "hist.use.free", tokens=row.used.allowance) if row.used.allowance else ""
        return " · ".join(part for part in (done, row.used.model, free) if part)
    if row.kind == "usage":
        return row.number
    if row.kind == "topup":
        return text(language, "hist.topup_by", method=text(language, f"method.{row.method}")) if row.method else ""
    return text(language, f"hist.what.{row.word if row.word in _WHAT else 'correction'}")


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of a file that spreadsheets read."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _harmless(cell: Any) -> Any:
    """Figures stay figures; words that begin like a formula get an apostrophe, which spreadsheets show as text."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell

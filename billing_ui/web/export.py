"""The history as a file: the current filter, streamed a page at a time, so that its length costs no memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.catalogues.naming import name_of_use
from billing_ui.env import Env
from billing_ui.i18n.load import text
from billing_ui.kit.period import local_day
from billing_ui.queries.history import CHOICES, HistoryPage, HistoryRow, history
from billing_ui.rules.lists import ListAsk, read_ask
from billing_ui.web.csv_file import MARK, CsvFile, Reader, csv_file, lines

_PER = 500
_HISTORY = "/subscription/history/"
_HEADS = (
    "hist.time", "csv.zone", "hist.kind", "hist.description", "csv.tokens", "hist.after", "hist.status", "csv.total",
    "csv.currency", "csv.method", "csv.ref",
)  # fmt: skip
_WHAT = ("grant", "deduct", "expire", "refund", "dispute")


async def history_csv(request: Request) -> Response:
    """What is asked for is what the page's address asks for, without its page."""
    ask = replace(read_ask(request.query_params, CHOICES), page="", per=_PER)
    return await csv_file(
        request, _HISTORY, "csv.back", lambda env, reader: CsvFile(_name(env, reader, ask), _pieces(env, reader, ask))
    )


async def _pieces(env: Env, reader: Reader, ask: ListAsk) -> AsyncIterator[bytes]:
    """One transaction per page: nothing is held open while a slow reader takes its time, and the pages fit together
    because entries never change."""
    yield MARK + lines([[text(reader.language, key) for key in _HEADS]])
    while True:
        page = await runtime.run(_read, env, reader, ask)
        if page.rows:
            yield lines(_cells(env, row, reader) for row in page.rows)
        if not page.older:
            return
        ask = replace(ask, page=page.older)


def _read(env: Env, reader: Reader, ask: ListAsk) -> HistoryPage:
    with env.db.read() as tx:
        return history(tx, reader.account_id, ask, reader.zone)


def _name(env: Env, reader: Reader, ask: ListAsk) -> str:
    """`riwayat-2026-11-01_2026-11-21`: the days asked for, or the day it was taken."""
    today = local_day(env.clock.now(), reader.zone)
    days = "_".join(day.isoformat() for day in (ask.first_on, ask.last_on or today) if day)
    return f"{text(reader.language, 'csv.file')}-{days}"


def _cells(env: Env, row: HistoryRow, reader: Reader) -> Iterator[Any]:
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

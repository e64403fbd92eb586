"""The look back at use as a file: what the page's address asks for, all its pages, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.catalogues.naming import name_of_use
from billing_ui.env import Env
from billing_ui.i18n.load import DEFAULT_LANGUAGE, LANGUAGES, text
from billing_ui.kit.period import local_day
from billing_ui.queries.usage import Used
from billing_ui.queries.usage_explore import ExploreView, explore
from billing_ui.rules.errors import SignInRequired, TooManyAtOnce
from billing_ui.rules.usage_lists import UsageAsk, days_of, read_ask
from billing_ui.security.redirects import sign_in_path
from billing_ui.web.doors import see_other, told_no, viewer_of
from billing_ui.web.downloads import PLACES, Download
from billing_ui.web.export import lines

_PER = 500
_EXPLORE = "/usage/explore/"
_HEADS = ("usage.requests", "overview.use_charged", "overview.use_free", "hist.use.input", "hist.use.output")


@dataclass(frozen=True, slots=True)
class _Reader:
    account_id: int
    zone: str
    language: str
    meter: str
    days: tuple[date, date]


async def usage_csv(request: Request) -> Response:
    """Members only."""
    env = runtime.env()
    try:
        who = await viewer_of(request, env)
    except SignInRequired:
        return see_other(sign_in_path(_EXPLORE))
    if who.actor.account_id is None:
        return see_other(sign_in_path(_EXPLORE))
    wanted = request.query_params.get("lang", "")
    ask, zone = replace(read_ask(request.query_params), after=None), who.account.zone
    days = days_of(ask, local_day(env.clock.now(), zone))
    language = wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE
    reader = _Reader(who.actor.account_id, zone, language, env.catalogue.meter_asked(ask.meter), days)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{_name(reader)}"',
        "X-Content-Type-Options": "nosniff",
    }
    try:
        return Download(PLACES, reader.account_id, _pieces(env, reader, ask), "text/csv; charset=utf-8", headers)
    except TooManyAtOnce as full:
        return told_no(full, 429, reader.language, text(reader.language, "csv.back_to_use"), _EXPLORE)


async def _pieces(env: Env, reader: _Reader, ask: UsageAsk) -> AsyncIterator[bytes]:
    """One transaction per page: nothing is held open while a slow reader takes its time."""
    say = reader.language
    meter = env.catalogue.meters[reader.meter].name.said_in(say) if reader.meter else ""
    heads = [text(say, f"usage.by_is.{ask.by}"), meter, *(text(say, key) for key in _HEADS)]
    # The mark by which spreadsheets know the letters.
    yield "\ufeff".encode() + lines([heads])
    while True:
        page = await runtime.run(_read, env, reader, ask)
        if page.rows:
            yield lines(_cells(env, say, ask.by, name, used) for name, used in page.rows)
        if page.after is None:
            return
        ask = replace(ask, after=page.after)


def _read(env: Env, reader: _Reader, ask: UsageAsk) -> ExploreView:
    with env.db.read() as tx:
        paid = env.catalogue.paid_meter
        return explore(tx, reader.meter, paid, reader.account_id, ask, reader.days, reader.zone, _PER)


def _cells(env: Env, say: str, by: str, name: str, used: Used) -> Iterator[Any]:
    yield name_of_use(env.catalogue, name).said_in(say) if by == "operation" else name
    yield from (used.quantity, used.events, used.charged, used.quantity - used.charged, used.input, used.output)


def _name(reader: _Reader) -> str:
    first, last = (day.isoformat() for day in reader.days)
    return f"{text(reader.language, 'usage.file')}-{first}_{last}.csv"

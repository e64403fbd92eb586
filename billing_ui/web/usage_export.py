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
from billing_ui.i18n.load import text
from billing_ui.kit.period import local_day
from billing_ui.queries.usage import Used
from billing_ui.queries.usage_explore import ExploreView, explore
from billing_ui.rules.usage_lists import UsageAsk, days_of, read_ask
from billing_ui.web.csv_file import MARK, CsvFile, Reader, csv_file, lines

_PER = 500
_EXPLORE = "/usage/explore/"
_HEADS = ("usage.requests", "overview.use_charged", "overview.use_free", "hist.use.input", "hist.use.output")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The meter and the days that are looked at, and how."""

    meter: str
    days: tuple[date, date]
    ask: UsageAsk


async def usage_csv(request: Request) -> Response:
    """What is asked for is what the page's address asks for, from the first row on."""
    ask = replace(read_ask(request.query_params), after=None)

    def made(env: Env, reader: Reader) -> CsvFile:
        days = days_of(ask, local_day(env.clock.now(), reader.zone))
        asked = _Asked(env.catalogue.meter_asked(ask.meter), days, ask)
        first, last = (day.isoformat() for day in days)
        return CsvFile(f"{text(reader.language, 'usage.file')}-{first}_{last}", _pieces(env, reader, asked))

    return await csv_file(request, _EXPLORE, "csv.back_to_use", made)


async def _pieces(env: Env, reader: Reader, asked: _Asked) -> AsyncIterator[bytes]:
    """One transaction per page: nothing is held open while a slow reader takes its time."""
    say, ask = reader.language, asked.ask
    meter = env.catalogue.meters[asked.meter].name.said_in(say) if asked.meter else ""
    heads = [text(say, f"usage.by_is.{ask.by}"), meter, *(text(say, key) for key in _HEADS)]
    yield MARK + lines([heads])
    while True:
        page = await runtime.run(_read, env, reader, replace(asked, ask=ask))
        if page.rows:
            yield lines(_cells(env, say, ask.by, name, used) for name, used in page.rows)
        if page.after is None:
            return
        ask = replace(ask, after=page.after)


def _read(env: Env, reader: Reader, asked: _Asked) -> ExploreView:
    with env.db.read() as tx:
        paid = env.catalogue.paid_meter
        return explore(tx, asked.meter, paid, reader.account_id, asked.ask, asked.days, reader.zone, _PER)


def _cells(env: Env, say: str, by: str, name: str, used: Used) -> Iterator[Any]:
    yield name_of_use(env.catalogue, name).said_in(say) if by == "operation" else name
    yield from (used.quantity, used.events, used.charged, used.quantity - used.charged, used.input, used.output)

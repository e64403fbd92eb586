"""The host app looks back: what was used by day, operation, model or session, and the lines of the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, cast, get_args

from fastapi import APIRouter, Query, Security
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.api import account_documents as documents
from billing_ui.api.auth import ReadingRoute, bearer, needs
from billing_ui.api.bodies import day
from billing_ui.api.meter_answers import instant
from billing_ui.api.whose import account_of, named_by
from billing_ui.env import Env
from billing_ui.kit.period import local_day
from billing_ui.queries import balance
from billing_ui.queries.host_accounts import HostAccount
from billing_ui.queries.host_ledger import EntryView, entries
from billing_ui.queries.usage import GroupBy, UsageView, Used, usage
from billing_ui.queries.usage_sessions import sessions
from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.usage_spans import LONGEST_DAYS, LONGEST_DAYS_BY_SESSION, span

router = APIRouter(route_class=ReadingRoute, prefix="/api/billing", tags=["reports"], dependencies=[Security(bearer)])

_PAGE, _LARGEST_PAGE = 100, 500
_BEYOND = 2**62


@router.get(
    "/usage",
    summary="Use by day, operation, model or session",
    responses=documents.REPORT_ANSWERS,
    openapi_extra=needs("usage:read"),
)
async def report(
    account: str = "",
    external_id: str = "",
    word: str = Query("", alias="range", description="`today yesterday 7d 30d month last_month`; `30d` if left out."),
    first: str = Query("", alias="from", description="A day of the account's calendar, instead of a range."),
    last: str = Query("", alias="to"),
    group_by: str = Query("day", description="`day operation model session`"),
) -> JSONResponse:
    """Use of at most a year (by session: 31 days), from the same sums as every page, chart and receipt."""
    env = runtime.env()
    if group_by not in get_args(GroupBy):
        raise FieldInvalid(field="group_by", why="unknown")
    days = (day("from", first), day("to", last))
    found = await account_of(env, named_by(account, external_id))
    view, zone = await runtime.run(_report, env, found, word, days, cast("GroupBy", group_by))
    paid = env.catalogue.paid_meter
    return JSONResponse(
        {
            "account": found.public_id, "external_id": found.external_id, "zone": zone, "group_by": view.group_by,
            "from": view.first_on.isoformat(), "to": view.last_on.isoformat(),
            "rows": [
                {"group": row.group, "meter": row.meter, **_used(row.used, is_paid=row.meter == paid)}
                for row in view.rows
            ],
            "totals": totals(view.totals, paid),
        }
    )  # fmt: skip


@router.get(
    "/ledger", summary="The lines of the books", responses=documents.LEDGER_ANSWERS, openapi_extra=needs("usage:read")
)
async def ledger(
    account: str = "",
    external_id: str = "",
    cursor: str = Query("", description="`next_cursor` of the page before."),
    limit: str = Query("", description=f"Lines on a page, 1 to {_LARGEST_PAGE}; {_PAGE} if left out."),
) -> JSONResponse:
    """The lines of an account's books, the newest first. New ones never move a page."""
    env = runtime.env()
    before = _whole("cursor", cursor, _BEYOND, _BEYOND)
    size = _whole("limit", limit, _PAGE, _LARGEST_PAGE)
    found = await account_of(env, named_by(account, external_id))
    lines = await runtime.run(_lines, env, found, before, size + 1)
    shown = lines[:size]
    return JSONResponse(
        {
            "account": found.public_id, "external_id": found.external_id, "entries": [_entry(line) for line in shown],
            "next_cursor": str(shown[-1].seq) if len(lines) > size else None,
        }
    )  # fmt: skip


def totals(by_meter: Mapping[str, Used], paid: str | None) -> dict[str, dict[str, int]]:
    return {meter: _used(used, is_paid=meter == paid) for meter, used in by_meter.items()}


def _used(used: Used, *, is_paid: bool) -> dict[str, int]:
    return {
        "events": used.events, "input_tokens": used.input, "output_tokens": used.output, "quantity": used.quantity,
        "allowance": used.allowance if is_paid else 0, "charged": used.charged, "overage": used.overage,
        "uncovered": used.uncovered,
    }  # fmt: skip


def _report(
    env: Env, account: HostAccount, word: str, days: tuple[date | None, date | None], group_by: GroupBy
) -> tuple[UsageView, str]:
    with env.db.read() as tx:
        _public_id, zone = balance.account_of(tx, account.id)
        longest = LONGEST_DAYS_BY_SESSION if group_by == "session" else LONGEST_DAYS
        first, last = span(word, *days, local_day(env.clock.now(), zone), longest)
        if group_by == "session":
            return sessions(tx, env.catalogue.paid_meter, account.id, first, last, zone), zone
        return usage(tx, account.id, first, last, group_by), zone


def _lines(env: Env, account: HostAccount, before: int, size: int) -> tuple[EntryView, ...]:
    with env.db.read() as tx:
        return entries(tx, account.id, before, size)


def _entry(line: EntryView) -> dict[str, Any]:
    told = asdict(line)
    told["entry"] = told.pop("seq")
    return {**told, "occurred_at": instant(line.occurred_at), "recorded_at": instant(line.recorded_at)}


def _whole(field: str, words: str, otherwise: int, most: int) -> int:
    """A number as it stands in an address: digits and nothing else."""
    if not words:
        return otherwise
    if not (words.isascii() and words.isdigit() and len(words) < 20 and 1 <= int(words) <= most):
        raise FieldInvalid(field=field, why="range")
    return int(words)

"""The host app asks how payments went: of one account, or of all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Query, Security
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.api import documents
from billing_ui.api.auth import HostRoute, bearer, needs
from billing_ui.api.balance import one_account
from billing_ui.api.bodies import day
from billing_ui.api.schemas import StatsAnswer
from billing_ui.env import Env
from billing_ui.kit.period import local_day
from billing_ui.queries.balance import account_of
from billing_ui.queries.payment_stats import payment_stats, record
from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.lists import span_of

router = APIRouter(route_class=HostRoute, prefix="/api/payments", tags=["payments"], dependencies=[Security(bearer)])


@router.get(
    "/stats", summary="How payments went", responses=documents.STATS_ANSWERS, openapi_extra=needs("payments:read")
)
async def stats(
    account: str = "", external_id: str = "", first: str = Query("", alias="from"), last: str = Query("", alias="to")
) -> JSONResponse:
    """By the days of the account, or of the deployment. Without days: the last thirty. At most a year."""
    env = runtime.env()
    if account and external_id:
        raise FieldInvalid(field="external_id", why="at_most_one_of_external_id_account")
    told = await runtime.run(_read, env, account, external_id, day("from", first), day("to", last))
    return JSONResponse(StatsAnswer.model_validate(told).model_dump(mode="json", by_alias=True))


def _read(env: Env, account: str, external_id: str, first: date | None, last: date | None) -> dict[str, Any]:
    with env.db.read() as tx:
        account_id = one_account(tx, account, external_id) if account or external_id else None
        public_id, zone = account_of(tx, account_id) if account_id else (None, env.catalogue.zone)
        first_on, last_on = span_of(first, last, local_day(env.clock.now(), zone))
        if first_on > last_on:
            raise FieldInvalid(field="from", why="after_to")
        return {"account": public_id, **record(payment_stats(tx, account_id, first_on, last_on, zone))}

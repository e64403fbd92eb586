"""The host app opens an account for its user, and asks how one stands: limits, use, plan."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Security
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.api import account_documents as documents
from billing_ui.api.account_schemas import InitUserAsk
from billing_ui.api.auth import ReadingRoute, bearer, caller, needs
from billing_ui.api.bodies import read
from billing_ui.api.chosen import chosen
from billing_ui.api.language import spoken
from billing_ui.api.meter_answers import instant
from billing_ui.api.metering import REPLAYED
from billing_ui.api.plans import offer
from billing_ui.api.reports import totals
from billing_ui.api.usage_answers import Teller
from billing_ui.api.whose import Whose, account_of, named_by
from billing_ui.env import Env
from billing_ui.kit.period import local_day
from billing_ui.queries.host_accounts import HostAccount
from billing_ui.queries.limits import CurrentLimits, user_current_limits
from billing_ui.queries.subscriptions import subscription_of
from billing_ui.queries.usage import usage
from billing_ui.services.accounts import HostUser, init_user

router = APIRouter(route_class=ReadingRoute, prefix="/api/billing", tags=["accounts"], dependencies=[Security(bearer)])


@router.post(
    "/init-user",
    summary="Open an account",
    status_code=201,
    responses=documents.INIT_ANSWERS,
    openapi_extra=documents.INIT_REQUEST,
)
async def open_for(request: Request) -> JSONResponse:
    """Opens an account for your own user. Asked for again it is the same account, unchanged."""
    ask = await read(request, InitUserAsk)
    env = runtime.env()
    told = HostUser(ask.external_id, ask.name, ask.email, ask.zone, ask.language)
    _account_id, is_new = await runtime.run(init_user, env, caller(request).actor, told)
    account = await account_of(env, Whose("", ask.external_id))
    limits = await runtime.run(_limits, env, account)
    answer = {"plan": limits.plan, "is_new": is_new, **await _standing(request, env, account, limits)}
    return JSONResponse(answer, 201) if is_new else JSONResponse(answer, 200, REPLAYED)


@router.get(
    "/usage-summary",
    summary="How an account stands",
    responses=documents.SUMMARY_ANSWERS,
    openapi_extra=needs("usage:read"),
)
async def summary(request: Request, account: str = "", external_id: str = "") -> JSONResponse:
    """All meters of the plan with their limits, the allowance and the balance, and the use of today and this month."""
    env = runtime.env()
    found = await account_of(env, named_by(account, external_id))
    limits, told = await runtime.run(_summary, env, found, spoken(request) or found.language)
    return JSONResponse({**told, **await _standing(request, env, found, limits)})


@router.get(
    "/subscription-info",
    summary="The plan of an account",
    responses=documents.SUBSCRIPTION_ANSWERS,
    openapi_extra=needs("usage:read"),
)
async def subscription(account: str = "", external_id: str = "") -> JSONResponse:
    """The plan of an account as it was sold to it, its status and its running period."""
    env = runtime.env()
    return JSONResponse(await runtime.run(_subscription, env, await account_of(env, named_by(account, external_id))))


async def _standing(request: Request, env: Env, account: HostAccount, limits: CurrentLimits) -> dict[str, Any]:
    teller = Teller(env, account, (await chosen(env)).thresholds, spoken(request))
    return teller.standing(limits.standing, limits.balance, limits.held, None)


def _limits(env: Env, account: HostAccount) -> CurrentLimits:
    with env.db.read() as tx:
        return user_current_limits(tx, env.writer.terms, account.id, env.clock.now())


def _summary(env: Env, account: HostAccount, language: str) -> tuple[CurrentLimits, dict[str, Any]]:
    now, paid = env.clock.now(), env.catalogue.paid_meter
    with env.db.read() as tx:
        limits = user_current_limits(tx, env.writer.terms, account.id, now)
        day = local_day(now, limits.zone)
        first = day.replace(day=1)
        today, month = (usage(tx, account.id, since, day, "operation").totals for since in (day, first))
    return limits, {
        "plan": limits.plan, "plan_name": limits.plan_name[language], "access": limits.access, "zone": limits.zone,
        "included": limits.included,
        "period": {"starts_at": instant(limits.period_starts_at), "ends_at": instant(limits.period_ends_at)},
        "today": {"from": day.isoformat(), "to": day.isoformat(), "totals": totals(today, paid)},
        "month": {"from": first.isoformat(), "to": day.isoformat(), "totals": totals(month, paid)},
    }  # fmt: skip


def _subscription(env: Env, account: HostAccount) -> dict[str, Any]:
    with env.db.read() as tx:
        found = subscription_of(tx, account.id)
    return {
        "account": account.public_id, "external_id": account.external_id, "subscription": found.id,
        "plan": offer(found.plan), "status": found.status, "access": found.access,
        "started_at": instant(found.started_at),
        "period": {"starts_at": instant(found.period_starts_at), "ends_at": instant(found.period_ends_at)},
        "next_plan": found.next_plan,
    }  # fmt: skip

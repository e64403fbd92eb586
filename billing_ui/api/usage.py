"""The host app asks whether its user may, and tells what it cost. These doors await the usage writer, no thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Security
from starlette.responses import JSONResponse

from billing_ui.api import usage_documents as documents
from billing_ui.api.auth import MeteringRoute, bearer, caller
from billing_ui.api.bodies import read
from billing_ui.api.chosen import chosen
from billing_ui.api.errors import refused
from billing_ui.api.usage_answers import Teller
from billing_ui.api.usage_asks import opened, usage_of
from billing_ui.api.usage_schemas import CheckAsk, ReleaseAsk, ReserveAsk, UsageAsk
from billing_ui.env import Env
from billing_ui.rules.access import Actor
from billing_ui.rules.usage import Refusal
from billing_ui.services import usage
from billing_ui.services.usage import Held, Outcome, Released, Taken, Usage

router = APIRouter(route_class=MeteringRoute, prefix="/api/billing", tags=["metering"], dependencies=[Security(bearer)])

REPLAYED = {"Idempotent-Replayed": "true"}
Act = Callable[[Env, Actor, Usage], Awaitable[Outcome]]


@router.post(
    "/usage-check", summary="May it be used?", responses=documents.CHECK_ANSWERS, openapi_extra=documents.CHECK_REQUEST
)
async def check(request: Request) -> JSONResponse:
    """Whether `track-usage` would accept this now, by the same reading and the same rule. Writes nothing."""
    ask = await read(request, CheckAsk)
    env, account, teller = await opened(request, ask)
    outcome = await usage.check(env, caller(request).actor, usage_of(account, ask))
    return JSONResponse(teller.checked(outcome))


@router.post(
    "/track-usage",
    summary="Record an event",
    status_code=201,
    responses=documents.USAGE_ANSWERS,
    openapi_extra=documents.USAGE_REQUEST,
)
async def track(request: Request) -> JSONResponse:
    """Charges an event, all or nothing. The same `event_id` again is answered as it was, and charges nothing."""
    return await _taken(request, usage.record)


@router.post(
    "/reserve",
    summary="Reserve an estimate",
    status_code=201,
    responses=documents.RESERVE_ANSWERS,
    openapi_extra=documents.RESERVE_REQUEST,
)
async def reserve(request: Request) -> JSONResponse:
    """Sets an estimate aside before a call. `settle` charges what it cost, `release` lets go; time does so too."""
    ask = await read(request, ReserveAsk)
    env, account, teller = await opened(request, ask)
    seconds = ask.seconds or (await chosen(env)).hold_seconds
    outcome = await usage.reserve(env, caller(request).actor, usage_of(account, ask), seconds)
    if isinstance(outcome.result, Refusal):
        return _no(teller, outcome, outcome.result)
    assert isinstance(outcome.result, Held)
    return _yes(teller.held(outcome, outcome.result), is_new=not outcome.result.replayed)


@router.post(
    "/settle",
    summary="Settle the true cost",
    status_code=201,
    responses=documents.SETTLE_ANSWERS,
    openapi_extra=documents.USAGE_REQUEST,
)
async def settle(request: Request) -> JSONResponse:
    """Charges the true cost of a call that was reserved. The call was made, so this is never refused."""
    return await _taken(request, usage.settle)


@router.post(
    "/release",
    summary="Release a reservation",
    responses=documents.RELEASE_ANSWERS,
    openapi_extra=documents.RELEASE_REQUEST,
)
async def release(request: Request) -> JSONResponse:
    """Lets go of what was reserved: the call was not made."""
    ask = await read(request, ReleaseAsk)
    env, account, teller = await opened(request, ask)
    outcome = await usage.release(env, caller(request).actor, account.id, ask.event_id)
    assert isinstance(outcome.result, Released)
    return JSONResponse(teller.released(outcome, outcome.result), headers=REPLAYED if outcome.result.replayed else None)


async def _taken(request: Request, act: Act) -> JSONResponse:
    ask = await read(request, UsageAsk)
    env, account, teller = await opened(request, ask)
    outcome = await act(env, caller(request).actor, usage_of(account, ask))
    if isinstance(outcome.result, Refusal):
        return _no(teller, outcome, outcome.result)
    assert isinstance(outcome.result, Taken)
    return _yes(teller.taken(outcome, outcome.result), is_new=not outcome.result.replayed)


def _yes(told: dict[str, Any], *, is_new: bool) -> JSONResponse:
    return JSONResponse(told, 201) if is_new else JSONResponse(told, 200, REPLAYED)


def _no(teller: Teller, outcome: Outcome, refusal: Refusal) -> JSONResponse:
    return refused(refusal.reason, teller.title(refusal), teller.refused(outcome, refusal))

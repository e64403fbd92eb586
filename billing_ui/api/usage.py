"""The host app asks whether its user may, and tells what it cost. These doors await the usage writer, no thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Security

from billing_ui.api import usage_documents as documents
from billing_ui.api.auth import bearer
from billing_ui.api.bodies import read_sent
from billing_ui.api.chosen import chosen
from billing_ui.api.metering import Answer, Knock, MeteringRoute, refused
from billing_ui.api.usage_answers import Teller
from billing_ui.api.usage_asks import opened, usage_of
from billing_ui.api.usage_schemas import CheckAsk, ReleaseAsk, ReserveAsk, UsageAsk
from billing_ui.env import Env
from billing_ui.rules.access import Actor
from billing_ui.rules.usage import Refusal
from billing_ui.services import usage
from billing_ui.services.usage import Held, Outcome, Released, Taken, Usage

router = APIRouter(route_class=MeteringRoute, prefix="/api/billing", tags=["metering"], dependencies=[Security(bearer)])

Act = Callable[[Env, Actor, Usage], Awaitable[Outcome]]


@router.post(
    "/usage-check", summary="May it be used?", responses=documents.CHECK_ANSWERS, openapi_extra=documents.CHECK_REQUEST
)
async def check(knock: Knock) -> Answer:
    """Whether `track-usage` would accept this now, by the same reading and the same rule. Writes nothing."""
    ask = read_sent(knock.sent, CheckAsk)
    account, teller = await opened(knock, ask)
    outcome = await usage.check(knock.env, knock.caller.actor, usage_of(account, ask))
    return Answer(teller.checked(outcome))


@router.post(
    "/track-usage",
    summary="Record an event",
    status_code=201,
    responses=documents.USAGE_ANSWERS,
    openapi_extra=documents.USAGE_REQUEST,
)
async def track(knock: Knock) -> Answer:
    """Charges an event, all or nothing. The same `event_id` again is answered as it was, and charges nothing."""
    return await _taken(knock, usage.record)


@router.post(
    "/reserve",
    summary="Reserve an estimate",
    status_code=201,
    responses=documents.RESERVE_ANSWERS,
    openapi_extra=documents.RESERVE_REQUEST,
)
async def reserve(knock: Knock) -> Answer:
    """Sets an estimate aside before a call. `settle` charges what it cost, `release` lets go; time does so too."""
    ask = read_sent(knock.sent, ReserveAsk)
    account, teller = await opened(knock, ask)
    seconds = ask.seconds or (await chosen(knock.env)).hold_seconds
    outcome = await usage.reserve(knock.env, knock.caller.actor, usage_of(account, ask), seconds)
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
async def settle(knock: Knock) -> Answer:
    """Charges the true cost of a call that was reserved. The call was made, so this is never refused."""
    return await _taken(knock, usage.settle)


@router.post(
    "/release",
    summary="Release a reservation",
    responses=documents.RELEASE_ANSWERS,
    openapi_extra=documents.RELEASE_REQUEST,
)
async def release(knock: Knock) -> Answer:
    """Lets go of what was reserved: the call was not made."""
    ask = read_sent(knock.sent, ReleaseAsk)
    account, teller = await opened(knock, ask)
    outcome = await usage.release(knock.env, knock.caller.actor, account.id, ask.event_id)
    assert isinstance(outcome.result, Released)
    return Answer(teller.released(outcome, outcome.result), is_again=outcome.result.replayed)


async def _taken(knock: Knock, act: Act) -> Answer:
    ask = read_sent(knock.sent, UsageAsk)
    account, teller = await opened(knock, ask)
    outcome = await act(knock.env, knock.caller.actor, usage_of(account, ask))
    if isinstance(outcome.result, Refusal):
        return _no(teller, outcome, outcome.result)
    assert isinstance(outcome.result, Taken)
    return _yes(teller.taken(outcome, outcome.result), is_new=not outcome.result.replayed)


def _yes(told: dict[str, Any], *, is_new: bool) -> Answer:
    return Answer(told, 201) if is_new else Answer(told, is_again=True)


def _no(teller: Teller, outcome: Outcome, refusal: Refusal) -> Answer:
    return refused(refusal.reason, teller.title(refusal), teller.refused(outcome, refusal))

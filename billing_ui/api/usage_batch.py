"""Many events in one request: each has an answer of its own, and a bad one loses nobody else's."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Security

from billing_ui.api import usage_documents as documents
from billing_ui.api.auth import bearer
from billing_ui.api.bodies import checked, parsed
from billing_ui.api.chosen import chosen
from billing_ui.api.errors import REFUSED, STATUS, document, told
from billing_ui.api.language import spoken
from billing_ui.api.metering import Answer, Knock, MeteringRoute
from billing_ui.api.usage_answers import Teller
from billing_ui.api.usage_asks import usage_of
from billing_ui.api.usage_schemas import UsageAsk
from billing_ui.api.whose import Whose, accounts_of, named
from billing_ui.queries.host_accounts import HostAccount
from billing_ui.rules.errors import BillingError, Busy, FieldInvalid, NotFound
from billing_ui.rules.usage import Refusal
from billing_ui.services import usage
from billing_ui.services.usage import LARGEST_BATCH, Outcome, Taken, Usage


class BatchRoute(MeteringRoute):
    """A metering door that takes long letters."""

    cap = 1024 * 1024


router = APIRouter(route_class=BatchRoute, prefix="/api/billing", tags=["metering"], dependencies=[Security(bearer)])

_Asked = tuple[HostAccount, Usage] | BillingError


@router.post(
    "/track-usage/batch",
    summary="Record many events",
    responses=documents.BATCH_ANSWERS,
    openapi_extra=documents.BATCH_REQUEST,
)
async def track_many(knock: Knock) -> Answer:
    """Records up to 1,000 events. When the books are out of reach nothing is told: send the same batch again."""
    env, language = knock.env, spoken(knock)
    events = _events(parsed(knock.sent, BatchRoute.cap))
    asks = [_checked(event) for event in events]
    accounts = await accounts_of(env, (whose for whose, _ask in asks if isinstance(whose, Whose)))
    thresholds = (await chosen(env)).thresholds
    asked = [_asked(ask, accounts) for ask in asks]
    good = [each for each in asked if not isinstance(each, BillingError)]
    answers = iter(await usage.batch(env, knock.caller.actor, [each for _account, each in good]))
    tellers: dict[int, Teller] = {}
    results: list[dict[str, Any]] = []
    for event, each in zip(events, asked, strict=True):
        if isinstance(each, BillingError):
            result = _wrong(each, language)
        else:
            account, answer = each[0], next(answers)
            teller = tellers.setdefault(account.id, Teller(env, account, thresholds, language))
            result = _told(teller, answer, language)
        results.append({"event_id": _name(event), **result})
    accepted = sum(result["status"] in {200, 201} for result in results)
    return Answer({"results": results, "accepted": accepted, "refused": len(results) - accepted})


def _events(told: dict[str, Any]) -> list[Any]:
    events = told.get("events")
    if not isinstance(events, list):
        raise FieldInvalid(field="events", why="list_type" if "events" in told else "missing")
    surplus = next((name for name in told if name != "events"), None)
    if surplus is not None:
        raise FieldInvalid(field=surplus[:80], why="extra_forbidden")
    if not 0 < len(events) <= LARGEST_BATCH:
        raise FieldInvalid(field="events", why="too_short" if not events else "too_long")
    return events


def _checked(event: Any) -> tuple[Whose | BillingError, UsageAsk | None]:
    try:
        ask = checked(UsageAsk, event)
        return named(ask), ask
    except BillingError as error:
        return error, None


def _asked(read: tuple[Whose | BillingError, UsageAsk | None], accounts: dict[Whose, HostAccount]) -> _Asked:
    whose, ask = read
    if isinstance(whose, BillingError) or ask is None:
        return whose if isinstance(whose, BillingError) else BillingError()
    account = accounts.get(whose)
    if account is None:
        return NotFound(what="account")
    try:
        return account, usage_of(account, ask)
    except BillingError as error:
        return error


def _told(teller: Teller, answer: Outcome | BillingError, language: str | None) -> dict[str, Any]:
    if isinstance(answer, Busy):
        # Part of the batch may be on record; sent again as it was, it answers the same and charges nothing twice.
        raise answer
    if isinstance(answer, BillingError):
        return _wrong(answer, language)
    if isinstance(answer.result, Refusal):
        refusal = answer.result
        problem = document(refusal.reason, REFUSED, teller.title(refusal), {})
        return {"status": REFUSED, "body": {**problem, **teller.refused(answer, refusal)}}
    assert isinstance(answer.result, Taken)
    return {"status": 200 if answer.result.replayed else 201, "body": teller.taken(answer, answer.result)}


def _wrong(error: BillingError, language: str | None) -> dict[str, Any]:
    return {"status": STATUS[error.code], "body": told(error, language or "en")}


def _name(event: Any) -> str | None:
    name = event.get("event_id") if isinstance(event, dict) else None
    return name if isinstance(name, str) else None

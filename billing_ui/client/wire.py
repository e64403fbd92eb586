"""What both clients send along with every request, and how they understand what comes back. Pure."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx

from billing_ui import __version__
from billing_ui.client.answers import RefusedStanding
from billing_ui.client.asks import Ask
from billing_ui.client.errors import (
    BadKey,
    BillingProblem,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Passing,
    RateLimited,
    Refused,
    Unavailable,
)
from billing_ui.client.reading import Unreadable, read

T = TypeVar("T")
# A wrong secret is told apart from a missing scope, a refusal from a mistake. Whatever else is below 500 is a mistake.
_CLASSES: dict[int, type[BillingProblem]] = {
    401: BadKey, 402: Refused, 403: Forbidden, 404: NotFound, 409: Conflict, 429: RateLimited,
}  # fmt: skip
# Nothing but a gateway or a proxy in between answers these two, unless the body says otherwise.
_PROXY = {502, 504}
_LONGEST_WAIT_S = 3600


def headers(secret: str, language: str | None, app: str) -> dict[str, str]:
    """Of every request of one client."""
    if not secret or not secret.isascii() or not secret.isprintable():
        raise ValueError("the secret of the billing desk is missing or damaged")
    agent = f"billing-ui-client/{__version__} python/{platform.python_version()}"
    told = {
        "Authorization": f"Bearer {secret}", "Accept": "application/json", "Content-Type": "application/json",
        "User-Agent": f"{app} {agent}" if app else agent,
    }  # fmt: skip
    return {**told, "Accept-Language": language} if language else told


def address(base_url: str) -> httpx.URL:
    url = httpx.URL(base_url)
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError(f"no address of a billing desk: {base_url!r}")
    return url


def heard(ask: Ask[T], answer: httpx.Response) -> T:
    """The answer, or the problem that was told instead of it."""
    if answer.is_success:
        try:
            return ask.read(json.loads(answer.content))
        except (Unreadable, ValueError) as wrong:
            raise _traced(_unreadable(str(wrong), answer.status_code), ask) from None
    raise _traced(_problem(answer), ask)


def silent(ask: Ask[Any], lost: httpx.RequestError) -> BillingProblem:
    """Nobody answered: the request may have been done or not."""
    return _traced(Unavailable("unreachable", f"{type(lost).__name__}: {lost}"), ask)


def told(status: int, body: Mapping[str, Any]) -> BillingProblem:
    """The problem in a problem document, also of one event among many."""
    if not isinstance(body.get("code"), str):
        return _unreadable("no problem document", status)
    kind = Unavailable if status >= 500 else _CLASSES.get(status, Invalid)
    facts = body.get("facts")
    problem = kind(
        body["code"], str(body.get("title", "")), status, facts if isinstance(facts, Mapping) else {},
        str(body.get("request_id", "")),
    )  # fmt: skip
    if isinstance(problem, Refused):
        if "refusal" not in body:
            return BillingProblem(problem.code, problem.title, status, problem.facts, problem.request_id)
        problem.told = read(RefusedStanding, body)
    if isinstance(problem, Unavailable):
        # 500 and a gateway's refusal stay what they are; only what is busy or away comes back.
        problem.is_worth_trying = status == 503
    return problem


def runs_ahead(problem: Invalid) -> bool:
    """Whether the desk takes what happened for the future. Nothing was written then."""
    return (problem.field, problem.why) == ("occurred_at", "in_the_future")


def without_time(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in event.items() if name != "occurred_at"}


def _problem(answer: httpx.Response) -> BillingProblem:
    try:
        body = json.loads(answer.content)
        problem = told(answer.status_code, body if isinstance(body, Mapping) else {})
    except ValueError:
        problem = _unreadable("no problem document", answer.status_code)
    if isinstance(problem, Passing):
        problem.retry_after_s = _seconds(answer.headers.get("Retry-After", ""))
    return problem


def _unreadable(why: str, status: int) -> Unavailable:
    """Something between us and the billing desk answered, or an address that is none."""
    problem = Unavailable("unreadable_answer", why, status)
    problem.is_worth_trying = status in {*_PROXY, 429, 503}
    return problem


def _traced(problem: BillingProblem, ask: Ask[Any]) -> BillingProblem:
    problem.event_id = ask.event_id
    return problem


def _seconds(told_as: str) -> float | None:
    return float(min(int(told_as), _LONGEST_WAIT_S)) if told_as.isascii() and told_as.isdigit() else None

"""Who may use the host app's door, for what, and how often is fair."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.api.callers import Caller, Headers, caller_of
from billing_ui.api.errors import problem
from billing_ui.api.language import spoken
from billing_ui.env import Env
from billing_ui.infra.rate_limit import Buckets
from billing_ui.rules.errors import BillingError, TooManyTries
from billing_ui.rules.scopes import SCOPES, Scope

RATE_PER_S, BURST = 50, 100
READING_RATE_PER_S, READING_BURST = 500, 1_000
_SCOPE = "x-required-scope"
Told = list[tuple[bytes, bytes]]

# Names the scheme in the document; the secret itself is compared in `callers`.
bearer = HTTPBearer(
    auto_error=False, scheme_name="BillingSecret", description="The value of BILLING_SECRET, or a key: `bk_live_…`."
)


def needs(scope: Scope, **more: Any) -> dict[str, Any]:
    """What the document says beside a route: the scope of its key, which is also what the door asks for."""
    return {_SCOPE: scope, **more}


def caller(request: Request) -> Caller:
    """Who the door has let in."""
    return cast("Caller", request.state.caller)


class Guard:
    """Stands before one route: the secret, the scope and the rate limit. `told` is what every answer says of the
    limit, an answer of no as well."""

    def __init__(self, scope: Scope, rate_per_s: int, burst: int) -> None:
        self._scope = scope
        self._rate_per_s, self._burst = rate_per_s, burst
        self._limit = (b"ratelimit-limit", b"%d" % burst)

    async def let_in(self, env: Env, headers: Headers, told: Told) -> Caller:
        known = await caller_of(env, headers)
        left = _buckets(env, self._rate_per_s, self._burst).left_after(known.actor.name)
        self._tell(left or 0, told)
        if left is None:
            again = env.clock.now() + timedelta(seconds=1)
            raise TooManyTries(retry_at=again.isoformat(timespec="seconds"), retry_after_s=1)
        known.needs(self._scope)
        return known

    def no(self, env: Env, error: BillingError, language: str | None, told: Told) -> Response:
        if isinstance(error, TooManyTries):
            error.facts.setdefault("retry_after_s", _seconds_until(env, str(error.facts["retry_at"])))
            if not told:
                self._tell(0, told)
        return problem(error, language or "en")

    def _tell(self, left: int, told: Told) -> None:
        full_in = -(-(self._burst - left) // self._rate_per_s)
        told += (self._limit, (b"ratelimit-remaining", b"%d" % left), (b"ratelimit-reset", b"%d" % full_in))


class HostRoute(APIRoute):
    """A route behind the secret, a scope and the rate limit. Every answer says what is left of the limit."""

    rate_per_s, burst = RATE_PER_S, BURST

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner, guard = super().get_route_handler(), self.guard()

        async def guarded(request: Request) -> Response:
            told: Told = []
            env = runtime.env()
            try:
                request.state.caller = await guard.let_in(env, request.scope["headers"], told)
                answer = await inner(request)
            except BillingError as error:
                answer = guard.no(env, error, spoken(request), told)
            answer.raw_headers.extend(told)
            return answer

        return guarded

    def guard(self) -> Guard:
        scope: Scope = (self.openapi_extra or {})[_SCOPE]
        if scope not in SCOPES:
            raise ValueError(f"{self.path}: no such scope: {scope}")
        return Guard(scope, self.rate_per_s, self.burst)


class ReadingRoute(HostRoute):
    """A route that a host app asks when its own pages open."""

    rate_per_s, burst = READING_RATE_PER_S, READING_BURST


class _Counted:
    """The buckets of this process, one per key and kind of route."""

    env: Env | None = None
    buckets: ClassVar[dict[int, Buckets]] = {}


def _buckets(env: Env, rate_per_s: int, burst: int) -> Buckets:
    if _Counted.env is not env:
        _Counted.env, _Counted.buckets = env, {}
    buckets = _Counted.buckets.get(burst)
    if buckets is None:
        buckets = _Counted.buckets[burst] = Buckets(rate_per_s, burst, env.clock.steady)
    return buckets


def _seconds_until(env: Env, instant: str) -> int:
    return max(1, math.ceil((datetime.fromisoformat(instant) - env.clock.now()).total_seconds()))

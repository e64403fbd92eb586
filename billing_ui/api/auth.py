"""Who may use the host app's door, for what, and how often is fair."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from inspect import signature
from typing import Any, ClassVar, cast

from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.api.callers import Caller, caller_of
from billing_ui.api.errors import problem
from billing_ui.api.language import spoken
from billing_ui.env import Env
from billing_ui.infra.rate_limit import Buckets
from billing_ui.rules.errors import BillingError, TooManyTries
from billing_ui.rules.scopes import SCOPES, Scope

RATE_PER_S, BURST = 50, 100
READING_RATE_PER_S, READING_BURST = 500, 1_000
# Metering stands in front of every call of an AI; this only stops a loop that has run wild.
METERING_RATE_PER_S, METERING_BURST = 5_000, 10_000
_SCOPE = "x-required-scope"
_Told = tuple[tuple[bytes, bytes], ...]

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


class _Counted:
    """The buckets of this process, one per key and kind of route."""

    env: Env | None = None
    buckets: ClassVar[dict[int, Buckets]] = {}


class HostRoute(APIRoute):
    """A route behind the secret, a scope and the rate limit. Every answer says what is left of the limit."""

    rate_per_s, burst = RATE_PER_S, BURST

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = self._inner()
        scope: Scope = (self.openapi_extra or {})[_SCOPE]
        if scope not in SCOPES:
            raise ValueError(f"{self.path}: no such scope: {scope}")

        async def guarded(request: Request) -> Response:
            told: _Told = ()
            env = runtime.env()
            try:
                known = await caller_of(env, request)
                told = self._count(env, known)
                known.needs(scope)
                request.state.caller = known
                answer = await inner(request)
            except TooManyTries as error:
                error.facts.setdefault("retry_after_s", _seconds_until(env, str(error.facts["retry_at"])))
                answer = problem(error, spoken(request) or "en")
                told = told or self._told(0)
            except BillingError as error:
                answer = problem(error, spoken(request) or "en")
            answer.raw_headers.extend(told)
            return answer

        return guarded

    def _inner(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return super().get_route_handler()

    def _count(self, env: Env, known: Caller) -> _Told:
        if _Counted.env is not env:
            _Counted.env, _Counted.buckets = env, {}
        buckets = _Counted.buckets.get(self.burst)
        if buckets is None:
            buckets = _Counted.buckets[self.burst] = Buckets(self.rate_per_s, self.burst, env.clock.steady)
        if not buckets.take(known.actor.name):
            again = env.clock.now() + timedelta(seconds=1)
            raise TooManyTries(retry_at=again.isoformat(timespec="seconds"), retry_after_s=1)
        return self._told(buckets.left(known.actor.name))

    def _told(self, left: int) -> _Told:
        full_in = -(-(self.burst - left) // self.rate_per_s)
        figures = (b"limit", self.burst), (b"remaining", left), (b"reset", full_in)
        return tuple((b"ratelimit-" + name, b"%d" % figure) for name, figure in figures)


class ReadingRoute(HostRoute):
    """A route that a host app asks when its own pages open."""

    rate_per_s, burst = READING_RATE_PER_S, READING_BURST


class MeteringRoute(HostRoute):
    """A route that stands in front of every call of an AI. It takes the request and nothing else, and reads its body
    itself, so nothing has to be put together for it: that would take as long as the rest."""

    rate_per_s, burst = METERING_RATE_PER_S, METERING_BURST

    def _inner(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if list(signature(self.endpoint).parameters) != ["request"]:
            raise TypeError(f"{self.path} takes more than the request")
        return cast("Callable[[Request], Coroutine[Any, Any, Response]]", self.endpoint)


def _seconds_until(env: Env, instant: str) -> int:
    return max(1, math.ceil((datetime.fromisoformat(instant) - env.clock.now()).total_seconds()))

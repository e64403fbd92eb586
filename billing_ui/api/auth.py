"""Who may use the host app's door: whoever holds the secret, as often as is fair. Cookies mean nothing here."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.api.errors import problem
from billing_ui.env import Env
from billing_ui.infra.rate_limit import Buckets
from billing_ui.rules.errors import BadKey, BillingError, NotFound, TooManyTries

RATE_PER_S, BURST = 50, 100

# Names the scheme in the document; the secret itself is compared below.
bearer = HTTPBearer(auto_error=False, scheme_name="BillingSecret", description="The value of BILLING_SECRET.")


class _Counted:
    """The buckets of this process, one per key."""

    env: Env | None = None
    buckets: Buckets | None = None


class HostRoute(APIRoute):
    """A route behind the secret and the rate limit. Every answer says what is left of the limit."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            told: dict[str, str] = {}
            env = runtime.env()
            try:
                key = _holder(env, request)
                told = _count(env, key)
                answer = await inner(request)
            except TooManyTries as error:
                error.facts.setdefault("retry_after_s", _seconds_until(env, str(error.facts["retry_at"])))
                answer = problem(error)
                told = told or _told(0)
            except BillingError as error:
                answer = problem(error)
            answer.headers.update(told)
            return answer

        return guarded


def _holder(env: Env, request: Request) -> str:
    """A name for the key that was shown. Digests are compared, so that neither content nor length takes its time."""
    secret = env.config.billing_secret
    if secret is None or not secret.get_secret_value():
        raise NotFound(what="api")
    given = request.headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    shown = hashlib.sha256(token.strip().encode("latin-1")).digest()
    known = hashlib.sha256(secret.get_secret_value().encode()).digest()
    if not hmac.compare_digest(shown, known) or scheme.lower() != "bearer":
        raise BadKey
    return known.hex()


def _count(env: Env, key: str) -> dict[str, str]:
    if _Counted.buckets is None or _Counted.env is not env:
        _Counted.env, _Counted.buckets = env, Buckets(RATE_PER_S, BURST, env.clock.steady)
    buckets = _Counted.buckets
    if not buckets.take(key):
        again = env.clock.now() + timedelta(seconds=1)
        raise TooManyTries(retry_at=again.isoformat(timespec="seconds"), retry_after_s=1)
    return _told(buckets.left(key))


def _seconds_until(env: Env, instant: str) -> int:
    return max(1, math.ceil((datetime.fromisoformat(instant) - env.clock.now()).total_seconds()))


def _told(left: int) -> dict[str, str]:
    full_in = -(-(BURST - left) // RATE_PER_S)
    return {"RateLimit-Limit": str(BURST), "RateLimit-Remaining": str(left), "RateLimit-Reset": str(full_in)}

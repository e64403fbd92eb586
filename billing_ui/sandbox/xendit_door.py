"""What every Xendit call passes: key, version, rate limit, and the faults somebody switched on."""

import base64
import binascii
import hashlib
import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox.bodies import BodyError
from billing_ui.sandbox.counter import Counter
from billing_ui.sandbox.faults import CALLS, through
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.wire import API_VERSION
from billing_ui.sandbox.world import World

Endpoint = Callable[[Request], Awaitable[Response]]
_KEY_PREFIX = "xnd_development_"


class Door:
    def __init__(self, world: World) -> None:
        self._world = world
        self._counter = Counter(world.settings.calls_per_minute)

    def guard(self, call: str, endpoint: Endpoint, *, versioned: bool = True) -> Endpoint:
        """`call` is the name under which faults are ordered and the rate is counted."""
        if call not in CALLS["xendit"]:
            raise ValueError(f"{call} is missing in the list of calls that faults can be ordered for")

        async def guarded(request: Request) -> Response:
            headers: dict[str, str] = {}
            try:
                key = _key(request.headers.get("authorization", ""))
                headers = self._count(key, call)
                if versioned and request.headers.get("api-version") != API_VERSION:
                    raise RefusedError(400, "API_VALIDATION_ERROR", f"api-version must be {API_VERSION}")
                answer = await through(self._world.faults.take("xendit", call), lambda: endpoint(request))
            except RefusedError as refusal:
                answer = refuse(refusal)
            except BodyError as bad:
                answer = refuse(RefusedError(400, "API_VALIDATION_ERROR", str(bad)))
            answer.headers.update(headers)
            return answer

        return guarded

    def route(self, call: str, verb: str, path: str, endpoint: Endpoint, *, versioned: bool = False) -> Route:
        return Route(path, self.guard(call, endpoint, versioned=versioned), methods=[verb])

    def _count(self, key: str, call: str) -> dict[str, str]:
        allowed, headers = self._counter.take(key, call, self._world.clock())
        if not allowed:
            raise RefusedError(429, "RATE_LIMIT_EXCEEDED", "too many calls to this endpoint in a minute", headers)
        return headers


def invalid(message: str) -> RefusedError:
    return RefusedError(400, "API_VALIDATION_ERROR", message)


def once(world: World, request: Request, body: object, act: Callable[[], Response]) -> Response:
    """For calls that take an `idempotency-key`: the same key and body get the first answer, another body a no."""
    key = request.headers.get("idempotency-key") or request.headers.get("x-idempotency-key")
    if not key:
        return act()
    name = f"{request.url.path} {key}"
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    if name in world.books.keys:
        seen, status, told = world.books.keys[name]
        if seen != digest:
            raise RefusedError(409, "DUPLICATE_ERROR", "this idempotency key was used with another body")
        return Response(told, status, media_type="application/json")
    answer = act()
    world.books.keys[name] = (digest, answer.status_code, bytes(answer.body))
    return answer


def refuse(refusal: RefusedError) -> JSONResponse:
    body = {"error_code": refusal.code, "message": refusal.message}
    return JSONResponse(body, refusal.status, headers=refusal.headers)


def _key(header: str) -> str:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise RefusedError(401, "UNAUTHORIZED", "an API key is required: Basic authentication, key as the user name")
    try:
        key, _, _ = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key = ""
    if not key.startswith(_KEY_PREFIX):
        raise RefusedError(401, "INVALID_API_KEY", f"the API key must start with {_KEY_PREFIX}")
    return key

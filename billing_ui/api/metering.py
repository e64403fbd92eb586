"""The metering doors as plain ASGI. They stand in front of every call of an AI, so nothing is put together for them
that they do not need: one class lets in, reads the body once, and answers in whole bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any, ClassVar, cast

from pydantic_core import to_json
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from billing_ui import runtime
from billing_ui.api.auth import Guard, HostRoute, Told
from billing_ui.api.bodies import MAX_BODY, whole
from billing_ui.api.callers import Caller
from billing_ui.api.errors import PROBLEM, REFUSED, document, refusal_of
from billing_ui.api.language import spoken
from billing_ui.env import Env

# This only stops a loop that has run wild.
METERING_RATE_PER_S, METERING_BURST = 5_000, 10_000
_AS_JSON = (b"content-type", b"application/json")
_AS_PROBLEM = (b"content-type", PROBLEM.encode())
REPLAYED = {"Idempotent-Replayed": "true"}
_AGAIN = tuple((name.lower().encode(), value.encode()) for name, value in REPLAYED.items())


class Knock(HTTPConnection):
    """A request of somebody who was let in, with its whole body."""

    def __init__(self, scope: Scope, env: Env, caller: Caller, sent: bytes) -> None:
        super().__init__(scope)
        self.env, self.caller, self.sent = env, caller, sent


class Answer(Response):
    """An answer that is bytes from the start."""

    def __init__(self, told: dict[str, Any], status: int = 200, *, is_again: bool = False) -> None:
        self.status_code, self.background = status, None
        self.body = to_json(told)
        kind = _AS_PROBLEM if status == REFUSED else _AS_JSON
        self.raw_headers = [(b"content-length", b"%d" % len(self.body)), kind]
        if is_again:
            self.raw_headers += _AGAIN


def refused(code: str, title: str, more: dict[str, Any]) -> Answer:
    """A refusal of a use case that said "no" in order; what it tells more stands beside the code."""
    return Answer({**document(code, REFUSED, title, {}), **more}, REFUSED)


class Door:
    """One metering door."""

    def __init__(self, guard: Guard, answer: Callable[[Knock], Awaitable[Response]], cap: int) -> None:
        self._guard, self._answer, self._cap = guard, answer, cap

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: Told = []
        env = runtime.env()
        try:
            caller = await self._guard.let_in(env, scope["headers"], told)
            answer = await self._answer(Knock(scope, env, caller, await whole(receive, self._cap)))
        except ClientDisconnect:
            return
        except Exception as error:
            answer = self._guard.no(env, refusal_of(error), spoken(HTTPConnection(scope)), told)
        headers = [*answer.raw_headers, *told]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


class MeteringRoute(HostRoute):
    """What the document says of a metering door, and the door."""

    rate_per_s, burst = METERING_RATE_PER_S, METERING_BURST
    cap: ClassVar[int] = MAX_BODY

    def __init__(self, path: str, endpoint: Callable[..., Any], **said: Any) -> None:
        if list(signature(endpoint).parameters) != ["knock"]:
            raise TypeError(f"{path} takes more than the knock")
        super().__init__(path, endpoint, **said)
        self.door = Door(self.guard(), cast("Callable[[Knock], Awaitable[Response]]", endpoint), self.cap)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.door(scope, receive, send)

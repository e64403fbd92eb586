"""Refuses a request whose body is too large, counted while it streams in: a length header may be missing or lie."""

from __future__ import annotations

import logging

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

MAX_BODY = 262_144
# Many events in one request.
_LARGER = {"/api/billing/track-usage/batch": 1_048_576}


class BodyCap:
    """Lets the application read up to the cap; beyond it the application sees a hang-up and the caller a 413."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY) -> None:
        self._app, self._max = app, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = max(self._max, _LARGER.get(scope["path"], 0))
        if _promised(scope, most) > most:
            await _too_large(scope, receive, send)
            return
        read, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal read, over
            if over:
                return {"type": "http.disconnect"}
            message = await receive()
            read += len(message.get("body", b""))
            over = read > most
            return {"type": "http.disconnect"} if over else message

        async def unless_over(message: Message) -> None:
            nonlocal started
            if over and not started:
                return
            started = True
            await send(message)

        try:
            await self._app(scope, counted, unless_over)
        except Exception:
            if not over:
                raise
            log.info("a request was cut off: its body is larger than %s bytes", most)
        if over and not started:
            await _too_large(scope, receive, send)


def _promised(scope: Scope, most: int) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 16 else most + 1
    return 0


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"connection": "close"}
    answer: Response = PlainTextResponse("the request is too large", 413, headers=headers)
    if scope["path"].startswith("/api/"):
        told = {
            "type": "about:blank#too_large",
            "title": "The request is too large.",
            "status": 413,
            "code": "too_large",
        }
        answer = JSONResponse(told, 413, headers, "application/problem+json")
    await answer(scope, receive, send)

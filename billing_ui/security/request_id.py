"""Gives every request an id, so that an answer, its log lines and its audit rows can be found together."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from billing_ui.kit.ids import Ids
from billing_ui.kit.tracing import set_request_id

NAME = b"x-request-id"
_GIVEN = re.compile(rb"[A-Za-z0-9_-]{8,64}")


class RequestId:
    """Keeps the id that a proxy or a host app gave, when it is a plain word; makes one otherwise."""

    def __init__(self, app: ASGIApp, ids: Ids) -> None:
        self._app, self._ids = app, ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == NAME), b"")
        request_id = given.decode() if _GIVEN.fullmatch(given) else self._ids.public("req")
        set_request_id(request_id)
        told = (NAME, request_id.encode())

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), told]
            await send(message)

        await self._app(scope, receive, with_id)

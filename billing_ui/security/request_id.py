"""Gives every request an id, so that an answer, its log lines and its audit rows can be found together."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from billing_ui.kit.ids import Ids
from billing_ui.kit.tracing import set_request_id

_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestId:
    """Keeps the id that a proxy or a host app gave, when it is a plain word; makes one otherwise."""

    def __init__(self, app: ASGIApp, ids: Ids) -> None:
        self._app, self._ids = app, ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _GIVEN.fullmatch(given) else self._ids.public("req")
        set_request_id(request_id)

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        await self._app(scope, receive, with_id)

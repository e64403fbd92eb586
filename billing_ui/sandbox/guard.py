"""Keeps strangers out: loopback peers, loopback names, and no calls from foreign web pages."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from billing_ui.sandbox.settings import is_loopback

_SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Pure ASGI, so that nothing stands between a call and its answer.

    The Host check stops a foreign name that resolves to loopback; the Origin check stops a foreign page. A page's
    own form posts must prove where they come from; a program without an Origin header may use the JSON doors.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(n.encode(), v.encode()) for n, v in _HEADERS.items() if n.encode() not in present]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _refusal(scope: Scope) -> Response | None:
    headers = Headers(scope=scope)
    peer = scope.get("client")
    if peer is None or not is_loopback(peer[0]):
        return _forbid("loopback peers only")
    host = headers.get("host", "")
    if not is_loopback(urlsplit(f"//{host}").hostname or ""):
        return _forbid("loopback host names only")
    origin = headers.get("origin")
    if origin is not None and origin != f"{scope['scheme']}://{host}":
        return _forbid("calls from foreign pages are refused")
    if headers.get("sec-fetch-site") == "cross-site" and not _is_visit(scope, headers):
        return _forbid("calls from foreign pages are refused")
    is_page = not scope["path"].startswith(("/_sim/", "/xendit/", "/resend/"))
    if is_page and scope["method"] not in _SAFE and origin is None:
        return _forbid("a form must say which page it is on")
    return None


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """A person following a link from the shop to a phone page."""
    return scope["method"] in _SAFE and headers.get("sec-fetch-mode") == "navigate"


def _forbid(reason: str) -> Response:
    return JSONResponse({"error": "forbidden", "message": reason}, 403)

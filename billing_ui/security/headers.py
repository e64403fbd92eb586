"""What every answer tells the browser about safety: content policy, framing, referrers, caching."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NO_REFERRER = ("/auth/reset", "/auth/verify", "/pay/", "/receipts/")
_NO_STORE = ("/api/", "/session/")
_YEAR = 31_536_000
_Pairs = tuple[tuple[bytes, bytes], ...]


class SecurityHeaders:
    """Adds the headers that the inner application did not set itself."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._always = tuple((name.encode(), value.encode()) for name, value in _always(public_url).items())
        self._to_programs = (*self._always, *_of_path("/api/", 200))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = self._told(path, message["status"])
                given = message.get("headers", ())
                said = {name for name, _value in given}
                message["headers"] = [*given, *[pair for pair in told if pair[0] not in said]]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _told(self, path: str, status: int) -> _Pairs:
        """Of an answer to a program, which asks oftenest, it is known beforehand."""
        return self._to_programs if path.startswith("/api/") else (*self._always, *_of_path(path, status))


def _of_path(path: str, status: int) -> _Pairs:
    referrer = "no-referrer" if path.startswith(_NO_REFERRER) else "strict-origin-when-cross-origin"
    if path.startswith(_NO_STORE):
        caching = "no-store"
    elif path.startswith("/assets/") and status in (200, 206, 304):
        caching = f"public, max-age={_YEAR}, immutable"  # their names carry a hash of their content
    else:
        caching = "no-cache"
    return (b"referrer-policy", referrer.encode()), (b"cache-control", caching.encode())


def _always(public_url: str) -> dict[str, str]:
    parts = urlsplit(public_url)
    is_https = parts.scheme == "https"
    socket = f"{'wss' if is_https else 'ws'}://{parts.netloc}"
    if parts.hostname == "127.0.0.1":  # on the own machine people type either name of it
        socket += f" {socket.replace('127.0.0.1', 'localhost')}"
    # Reflex compiles inline scripts into its pages and evaluates scripts the server sends; both need their word.
    policy = (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' {socket}",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    headers = {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if is_https:
        headers["strict-transport-security"] = f"max-age={_YEAR}; includeSubDomains"
    return headers

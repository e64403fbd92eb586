"""Accidents on order: what a call meets when somebody switched a fault on."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.responses import Response

from billing_ui.sandbox.refusals import RefusedError

_HANG_S = 20.0


async def through(fault: str, latency_ms: int, call: Callable[[], Awaitable[Response]]) -> Response:
    """Runs the call with the fault in its way; `timeout_after` and `cut` happen when the work is already done."""
    if latency_ms:
        await asyncio.sleep(latency_ms / 1000)
    if fault == "server_error":
        raise RefusedError(500, "SERVER_ERROR", "an unexpected error occurred")
    if fault == "rate_limited":
        raise RefusedError(429, "RATE_LIMIT_EXCEEDED", "too many calls in a minute", {"retry-after": "1"})
    if fault == "html_502":
        return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, media_type="text/html")
    if fault == "empty_503":
        return Response(b"", 503)
    if fault == "timeout_before":
        await asyncio.sleep(_HANG_S)
        return Response(b"", 504)
    answer = await call()
    if fault == "timeout_after":
        await asyncio.sleep(_HANG_S)
    if fault == "cut":
        # Fewer bytes than announced: the server drops the connection, the caller never knows the outcome.
        answer.headers["content-length"] = str(len(answer.body) + 64)
    return answer

"""The least that metering doors could do: answer, or read the body, compare the secret and answer. Nothing is kept."""

from __future__ import annotations

import hashlib
import hmac
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def answer(request: Request) -> JSONResponse:
    """The no-op."""
    await request.body()
    return JSONResponse({"ok": True})


async def parse(request: Request) -> JSONResponse:
    """Parses, and compares a secret in constant time."""
    told = await request.json()
    shown = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    digests = (hashlib.sha256(each).digest() for each in (shown, os.environ["BILLING_SECRET"].encode()))
    if not hmac.compare_digest(*digests):
        return JSONResponse({"ok": False}, 401)
    return JSONResponse({"ok": True, "operation": told["operation"]})


def app() -> Starlette:
    return Starlette(
        routes=[Route("/answer", answer, methods=["POST"]), Route("/parse", parse, methods=["POST"])],
    )

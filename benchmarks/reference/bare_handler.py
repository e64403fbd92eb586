"""The least a webhook door can do: it reads the body and answers, and keeps nothing."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def receive(request: Request) -> JSONResponse:
    await request.body()
    return JSONResponse({"received": True, "new": True})


def app() -> Starlette:
    return Starlette(routes=[Route("/api/webhooks/xendit", receive, methods=["POST"])])

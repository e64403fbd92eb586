"""Two questions of whoever runs the product: does the process answer, and can it serve people now."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.services.readiness import missing

router = APIRouter()

# Anybody may ask, and each true answer costs a call to the gateway: all who ask within a second get the same one.
FRESH_S = 1.0


_READY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Nothing is missing.",
        "content": {"application/json": {"example": {"ready": True, "missing": []}}},
    },
    503: {
        "description": "Something is missing.",
        "content": {"application/json": {"example": {"ready": False, "missing": ["worker: no beat in 5 seconds"]}}},
    },
}


class _Last:
    """The newest answer of this process."""

    env: Env | None = None
    at: float = 0.0
    lacking: tuple[str, ...] = ()
    asking = asyncio.Lock()


@router.get("/api/health", summary="Is it there?", tags=["health"], response_description="It is.")
async def health() -> dict[str, bool]:
    """The process answers."""
    return {"ok": True}


@router.get("/api/ready", summary="Is everything in place?", tags=["health"], responses=_READY)
async def ready() -> JSONResponse:
    """Everything is in place; otherwise the body names what is missing."""
    env = runtime.env()
    async with _Last.asking:
        if _Last.env is not env or env.clock.steady() - _Last.at >= FRESH_S:
            _Last.lacking = tuple(await runtime.run(missing, env))
            _Last.env, _Last.at = env, env.clock.steady()
        lacking = list(_Last.lacking)
    return JSONResponse({"ready": not lacking, "missing": lacking}, status_code=503 if lacking else 200)

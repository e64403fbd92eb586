"""Two questions of whoever runs the product: does the process answer, and can it serve people now."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.services.readiness import missing

router = APIRouter()


@router.get("/api/health", tags=["health"])
async def health() -> dict[str, bool]:
    """The process answers."""
    return {"ok": True}


@router.get("/api/ready", tags=["health"])
async def ready() -> JSONResponse:
    """Everything is in place; otherwise the body names what is missing."""
    lacking = await runtime.run(missing, runtime.env())
    return JSONResponse({"ready": not lacking, "missing": lacking}, status_code=503 if lacking else 200)

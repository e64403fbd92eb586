"""Where Resend tells what became of our mails."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.gateways.base import WebhookRefused
from billing_ui.services import inbox, mail_news

router = APIRouter()


@router.post("/api/webhooks/resend", include_in_schema=False)
async def receive(request: Request) -> JSONResponse:
    """200 once it is stored, known or not; 4xx when Resend is not speaking; 5xx only when nothing was stored."""
    body = await request.body()
    try:
        is_new = await runtime.run(inbox.receive, runtime.env(), mail_news.GATEWAY, dict(request.headers), body)
    except WebhookRefused as refused:
        return JSONResponse({"error": refused.why}, status_code=refused.status)
    return JSONResponse({"received": True, "new": is_new})

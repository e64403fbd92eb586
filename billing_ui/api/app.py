"""The HTTP application under which the pages are mounted: the doors for programs, and one table of errors."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from billing_ui.api import health, payments
from billing_ui.api.errors import problem, unserved
from billing_ui.api.webhooks import xendit
from billing_ui.rules.errors import BillingError, Busy

log = logging.getLogger(__name__)


def build() -> FastAPI:
    """Paths without a version are version 1 for ever."""
    app = FastAPI(title="billing_ui", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.include_router(health.router)
    app.include_router(payments.router)
    app.include_router(xendit.router)

    @app.exception_handler(BillingError)
    async def refused(_request: Request, error: BillingError) -> Response:
        return problem(error)

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith("/api/"):
            return unserved(error.status_code, error.headers)
        return await http_exception_handler(request, error)

    @app.exception_handler(SQLAlchemyError)
    async def away(_request: Request, error: SQLAlchemyError) -> Response:
        log.error("the database did not answer: %r", error)
        return problem(Busy(retry_after_s=5))

    @app.exception_handler(Exception)
    async def failed(_request: Request, error: Exception) -> Response:
        log.error("a request failed", exc_info=error)
        return problem(BillingError())

    return app

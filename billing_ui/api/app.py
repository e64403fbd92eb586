"""The HTTP application under which the pages are mounted: the doors for programs, and one table of errors."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response
from starlette.routing import Match, Route

from billing_ui.api import accounts, balance, docs, health, payment_stats, payments, plans, reports, usage, usage_batch
from billing_ui.api.errors import problem, unserved
from billing_ui.api.webhooks import resend, xendit
from billing_ui.rules.errors import BillingError, Busy

log = logging.getLogger(__name__)


# The stats stand before the payments: `stats` is no id of a payment.
ROUTERS = (
    usage.router, usage_batch.router, accounts.router, reports.router, plans.router, balance.router,
    payment_stats.router, payments.router, health.router, docs.router, xendit.router, resend.router,
)  # fmt: skip
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def build() -> FastAPI:
    """Paths without a version are version 1 for ever."""
    app = FastAPI(title="billing_ui", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    for router in ROUTERS:
        app.include_router(router)

    # The pages are mounted behind the doors and would answer a program with HTML.
    @app.api_route("/api/{rest:path}", methods=list(_METHODS), include_in_schema=False)
    async def not_served(request: Request) -> Response:
        return unserved(_allowed(request))

    @app.exception_handler(BillingError)
    async def refused(_request: Request, error: BillingError) -> Response:
        return problem(error)

    @app.exception_handler(SQLAlchemyError)
    async def away(_request: Request, error: SQLAlchemyError) -> Response:
        log.error("the database did not answer: %r", error)
        return problem(Busy(retry_after_s=5))

    @app.exception_handler(Exception)
    async def failed(_request: Request, error: Exception) -> Response:
        log.error("a request failed", exc_info=error)
        return problem(BillingError())

    return app


def _allowed(request: Request) -> set[str]:
    """The methods that are served at this path, when the asked one is not."""
    routes = (route for router in ROUTERS for route in router.routes if isinstance(route, Route))
    partly = (route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL)
    return {method for route in partly for method in route.methods or ()}

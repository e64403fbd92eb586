"""The HTTP application under which the pages are mounted: the doors for programs, and one table of errors."""

from __future__ import annotations

from fastapi import FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from billing_ui.api import accounts, balance, docs, health, payment_stats, payments, plans, reports, usage, usage_batch
from billing_ui.api.errors import problem, refusal_of, unserved
from billing_ui.api.metering import MeteringRoute
from billing_ui.api.webhooks import resend, xendit
from billing_ui.rules.errors import BillingError

# The stats stand before the payments: `stats` is no id of a payment.
ROUTERS = (
    usage.router, usage_batch.router, accounts.router, reports.router, plans.router, balance.router,
    payment_stats.router, payments.router, health.router, docs.router, xendit.router, resend.router,
)  # fmt: skip
_METERING = {
    route.path: route.door for router in ROUTERS for route in router.routes if isinstance(route, MeteringRoute)
}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Doors(FastAPI):
    """Asks for a metering door before anything else; what stands around the other doors costs more than a metering door
    does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = _METERING.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        await (super().__call__ if door is None else door)(scope, receive, send)


def build() -> FastAPI:
    """Paths without a version are version 1 for ever."""
    app = Doors(title="billing_ui", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    for router in ROUTERS:
        app.include_router(router)

    # The pages are mounted behind the doors and would answer a program with HTML.
    @app.api_route("/api/{rest:path}", methods=list(_METHODS), include_in_schema=False)
    async def not_served(request: Request) -> Response:
        return unserved(_allowed(request))

    async def failed(_request: Request, error: Exception) -> Response:
        return problem(refusal_of(error))

    for kind in (BillingError, SQLAlchemyError, Exception):
        app.add_exception_handler(kind, failed)
    return app


def _allowed(request: Request) -> set[str]:
    """The methods that are served at this path, when the asked one is not."""
    routes = (route for router in ROUTERS for route in router.routes if isinstance(route, Route))
    partly = (route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL)
    return {method for route in partly for method in route.methods or ()}

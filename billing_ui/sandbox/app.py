"""Puts the sandbox together: the look-alikes, the control API and a person's pages behind one guard."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount

from billing_ui.sandbox import (
    checkout_page,
    control,
    control_claims,
    control_scenarios,
    inbox,
    pages,
    panel,
    panel_day,
    panel_request,
    resend,
    weather,
    xendit,
)
from billing_ui.sandbox.clock import Clock, real_clock
from billing_ui.sandbox.guard import Guard
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.world import World, make_world


def build(settings: Settings, clock: Clock = real_clock) -> Starlette:
    """The whole sandbox as one ASGI app; `app.state.world` holds its books."""
    world = make_world(settings, clock)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        await world.carrier.warm()
        yield
        await close(world)

    pages_of_the_panel = (panel, panel_request, panel_day, checkout_page)
    controls = (control, control_claims, control_scenarios, weather)
    app = Starlette(
        routes=[
            Mount("/xendit", routes=xendit.routes(world)),
            Mount("/resend", routes=resend.routes(world)),
            Mount("/_sim", routes=[*(route for room in controls for route in room.routes(world)), *inbox.acts(world)]),
            *(route for room in pages_of_the_panel for route in room.routes(world)),
            *pages.routes(world),
            *inbox.routes(world),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: _no_such_page},
        lifespan=lifespan,
    )
    app.state.world = world
    return app


async def close(world: World) -> None:
    await world.agenda.close()
    await world.carrier.close()


async def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = "DATA_NOT_FOUND" if status == 404 else "API_VALIDATION_ERROR"
    message = f"{request.method} {request.url.path} is not offered here"
    return JSONResponse({"error_code": code, "name": "not_found", "statusCode": status, "message": message}, status)

"""Addresses that only lead on: the front door, and the old address of changing a plan."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from billing_ui import runtime
from billing_ui.security.cookies import read_cookie
from billing_ui.services.sessions import find_session


async def home(request: Request) -> Response:
    """Somebody signed in comes to their own desk, everybody else to the prices."""
    env = runtime.env()
    secret = read_cookie(request.headers.get("cookie", ""), is_https=env.config.is_https)
    known = secret is not None and await runtime.run(find_session, env, secret) is not None
    return RedirectResponse("/subscription/overview/" if known else "/pricing/", 303, {"Cache-Control": "no-store"})


async def upgrade(request: Request) -> Response:
    """`?plan=` goes along when it names a plan of ours."""
    plan = request.query_params.get("plan", "")
    query = f"?{urlencode({'plan': plan})}" if plan in runtime.env().catalogue.plans else ""
    return RedirectResponse(f"/subscription/plans/{query}", 307)

"""What stands around everything this process answers over HTTP: ids, a cap on bodies, safety headers."""

from __future__ import annotations

from starlette.types import ASGIApp

from billing_ui import runtime
from billing_ui.security.body_cap import BodyCap
from billing_ui.security.headers import SecurityHeaders
from billing_ui.security.request_id import RequestId


def wrap(app: ASGIApp) -> ASGIApp:
    """The outermost layer is named last."""
    env = runtime.env()
    capped = BodyCap(app)
    safe = SecurityHeaders(capped, env.config.public_url)
    return RequestId(safe, env.ids)

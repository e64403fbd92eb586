"""What the links of mails lead to, as native forms: opening a page uses nothing up, only its button does."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.security.cookies import form_cookie, set_cookie
from billing_ui.security.redirects import safe_path
from billing_ui.services import identity
from billing_ui.services.identity import Device
from billing_ui.services.links import with_way_back
from billing_ui.web.doors import Fields, caller, see_other, viewer_of


async def forgot(request: Request, env: Env, fields: Fields) -> Response:
    onward = safe_path(fields.get("redirect_url"), fallback="")
    await runtime.run(identity.request_reset, env, fields.get("email", ""), caller(request)[0], onward)
    return see_other(
        with_way_back("/auth/reset/?sent=1", onward),
        form_cookie({"email": fields.get("email", "")}, is_https=env.config.is_https),
    )


async def reset(request: Request, env: Env, fields: Fields) -> Response:
    secret = await runtime.run(
        identity.reset_password, env, fields.get("token", ""), fields.get("password", ""), Device(*caller(request))
    )
    onward = safe_path(fields.get("redirect_url"), fallback="/settings/?notice=reset_ok")
    return see_other(onward, set_cookie(secret, is_https=env.config.is_https))


async def verify(_request: Request, env: Env, fields: Fields) -> Response:
    await runtime.run(identity.verify_email, env, fields.get("token", ""))
    return see_other("/auth/verify/?ok=1")


async def resend(request: Request, env: Env, _fields: Fields) -> Response:
    await runtime.run(identity.send_verification, env, (await viewer_of(request, env)).actor)
    return see_other("/auth/verify/?resent=1")


async def correct_email(request: Request, env: Env, fields: Fields) -> Response:
    actor = (await viewer_of(request, env)).actor
    await runtime.run(identity.change_email, env, actor, fields.get("email", ""))
    return see_other("/auth/verify/?resent=1")

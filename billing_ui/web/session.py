"""Signing up, in and out as native forms."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.security.cookies import drop_cookie, form_cookie, set_cookie
from billing_ui.security.redirects import HOME, safe_path
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.web.doors import Fields, caller, secret_of, see_other, viewer_of


async def sign_in(request: Request, env: Env, fields: Fields) -> Response:
    ip, agent = caller(request)
    secret = await runtime.run(
        identity.sign_in, env, fields.get("email", ""), fields.get("password", ""), ip, Device(ip, agent)
    )
    return _enter(env, fields, secret)


async def sign_up(request: Request, env: Env, fields: Fields) -> Response:
    wanted = SignUp(
        email=fields.get("email", ""), password=fields.get("password", ""), name=fields.get("name", ""),
        zone=fields.get("zone", ""), language=fields.get("language", ""),
    )  # fmt: skip
    secret = await runtime.run(identity.sign_up, env, wanted, Device(*caller(request)))
    return _enter(env, fields, secret)


async def sign_out(request: Request, env: Env, _fields: Fields) -> Response:
    secret = secret_of(request, env)
    if secret is not None:
        await runtime.run(identity.sign_out, env, secret)
    return _leave(env)


async def sign_out_everywhere(request: Request, env: Env, _fields: Fields) -> Response:
    who = await viewer_of(request, env)
    await runtime.run(identity.sign_out_everywhere, env, who.actor)
    return _leave(env)


def _enter(env: Env, fields: Fields, secret: str) -> Response:
    onward = safe_path(fields.get("redirect_url"), fallback=HOME)
    return see_other(
        onward,
        set_cookie(secret, is_https=env.config.is_https),
        form_cookie({}, is_https=env.config.is_https),
    )


def _leave(env: Env) -> Response:
    return see_other("/auth/", drop_cookie(is_https=env.config.is_https))

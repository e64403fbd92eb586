"""Sign-up, sign-in, sign-out and the mail links as native forms. Each answers 303: onward with a cookie, or back with
an error code that the page turns into a sentence."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError, SignInRequired
from billing_ui.security.cookies import drop_cookie, form_cookie, read_cookie, set_cookie
from billing_ui.security.redirects import HOME, safe_path
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp, Viewer
from billing_ui.web.forms import FormRefused, read_form, require_own_origin

log = logging.getLogger(__name__)

Fields = dict[str, str]
Answer = Callable[[Request, Env, Fields], Awaitable[Response]]


def door(back_to: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """What every form goes through; a refusal leads back to the page it came from, with the code of the refusal."""

    async def handle(request: Request) -> Response:
        env = runtime.env()
        fields: Fields = {}
        try:
            require_own_origin(request.headers, env.config.public_url)
            fields = await read_form(request)
            return await answer(request, env, fields)
        except FormRefused as refused:
            return PlainTextResponse(str(refused), refused.status)
        except BillingError as error:
            log.info("a form was refused: %s", error.code)
            return _back(env, back_to, error, fields)

    return handle


async def sign_in(request: Request, env: Env, fields: Fields) -> Response:
    ip, agent = _from(request)
    secret = await runtime.run(
        identity.sign_in, env, fields.get("email", ""), fields.get("password", ""), ip, Device(ip, agent)
    )
    return _enter(env, fields, secret)


async def sign_up(request: Request, env: Env, fields: Fields) -> Response:
    wanted = SignUp(
        email=fields.get("email", ""), password=fields.get("password", ""), name=fields.get("name", ""),
        zone=fields.get("zone", ""), language=fields.get("language", ""),
    )  # fmt: skip
    secret = await runtime.run(identity.sign_up, env, wanted, Device(*_from(request)))
    return _enter(env, fields, secret)


async def sign_out(request: Request, env: Env, _fields: Fields) -> Response:
    secret = _secret(request, env)
    if secret is not None:
        await runtime.run(identity.sign_out, env, secret)
    return _leave(env)


async def sign_out_everywhere(request: Request, env: Env, _fields: Fields) -> Response:
    who = await _viewer(request, env)
    await runtime.run(identity.sign_out_everywhere, env, who.actor)
    return _leave(env)


async def forgot(request: Request, env: Env, fields: Fields) -> Response:
    await runtime.run(identity.request_reset, env, fields.get("email", ""), _from(request)[0])
    return _see("/auth/reset/?sent=1", form_cookie({"email": fields.get("email", "")}, is_https=env.config.is_https))


async def reset(request: Request, env: Env, fields: Fields) -> Response:
    secret = await runtime.run(
        identity.reset_password, env, fields.get("token", ""), fields.get("password", ""), Device(*_from(request))
    )
    return _see("/settings/?notice=reset_ok", set_cookie(secret, is_https=env.config.is_https))


async def verify(_request: Request, env: Env, fields: Fields) -> Response:
    await runtime.run(identity.verify_email, env, fields.get("token", ""))
    return _see("/auth/verify/?ok=1")


async def resend(request: Request, env: Env, _fields: Fields) -> Response:
    await runtime.run(identity.send_verification, env, (await _viewer(request, env)).actor)
    return _see("/auth/verify/?resent=1")


async def correct_email(request: Request, env: Env, fields: Fields) -> Response:
    actor: Actor = (await _viewer(request, env)).actor
    await runtime.run(identity.change_email, env, actor, fields.get("email", ""))
    return _see("/auth/verify/?resent=1")


async def _viewer(request: Request, env: Env) -> Viewer:
    secret = _secret(request, env)
    found = None if secret is None else await runtime.run(identity.find_session, env, secret)
    if found is None:
        raise SignInRequired
    return found


def _secret(request: Request, env: Env) -> str | None:
    return read_cookie(request.headers.get("cookie", ""), is_https=env.config.is_https)


def _from(request: Request) -> tuple[str, str]:
    """The caller's address, behind as many proxies as we run, and what the browser calls itself."""
    hops = runtime.env().config.trusted_proxy_hops
    ip = request.client.host if request.client else ""
    chain = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if 0 < hops <= len(chain):
        ip = chain[-hops]
    agent = request.headers.get("user-agent", "")
    return ip, "".join(sign for sign in agent if sign.isprintable())


def _enter(env: Env, fields: Fields, secret: str) -> Response:
    onward = safe_path(fields.get("redirect_url"), fallback=HOME)
    return _see(
        onward,
        set_cookie(secret, is_https=env.config.is_https),
        form_cookie({}, is_https=env.config.is_https),
    )


def _leave(env: Env) -> Response:
    return _see("/auth/", drop_cookie(is_https=env.config.is_https))


def _back(env: Env, page: str, error: BillingError, fields: Fields) -> Response:
    """The code travels in the address; what was typed (never the password) in a cookie that lives two minutes."""
    query = {"error": error.code}
    query.update({name: str(fact) for name, fact in error.facts.items() if fact is not None})
    wanted = safe_path(fields.get("redirect_url"), fallback="")
    if wanted:
        query["redirect_url"] = wanted
    if fields.get("token"):
        query["token"] = fields["token"]
    typed: Fields = {name: fields[name] for name in ("email", "name") if name in fields}
    joint = "&" if "?" in page else "?"
    return _see(f"{page}{joint}{urlencode(query)}", form_cookie(typed, is_https=env.config.is_https))


def _see(path: str, *cookies: str) -> Response:
    response = Response(status_code=303, headers={"location": path, "cache-control": "no-store"})
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response

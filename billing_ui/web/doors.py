"""What every native form goes through, and how it is answered: 303 onward, or 303 back with the code of the refusal."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.i18n.load import text
from billing_ui.rules.errors import BillingError, SignInRequired
from billing_ui.security.cookies import form_cookie, read_cookie
from billing_ui.security.redirects import safe_path
from billing_ui.services.identity import Viewer, find_session
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


async def viewer_of(request: Request, env: Env) -> Viewer:
    secret = secret_of(request, env)
    found = None if secret is None else await runtime.run(find_session, env, secret)
    if found is None:
        raise SignInRequired
    return found


def secret_of(request: Request, env: Env) -> str | None:
    return read_cookie(request.headers.get("cookie", ""), is_https=env.config.is_https)


def caller(request: Request) -> tuple[str, str]:
    """The caller's address, behind as many proxies as we run, and what the browser calls itself."""
    hops = runtime.env().config.trusted_proxy_hops
    ip = request.client.host if request.client else ""
    # A proxy may add a header of its own below the one the caller sent: the last words of all of them count.
    told = ",".join(request.headers.getlist("x-forwarded-for"))
    chain = [part.strip() for part in told.split(",") if part.strip()]
    if 0 < hops <= len(chain):
        ip = chain[-hops]
    agent = request.headers.get("user-agent", "")
    return ip, "".join(sign for sign in agent if sign.isprintable())


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
    return see_other(f"{page}{joint}{urlencode(query)}", form_cookie(typed, is_https=env.config.is_https))


_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>{brand}</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 34rem;
margin: 15vh auto; padding: 0 1.5rem }}</style>
<p>{sentence}</p><p><a href="{href}">{onward}</a></p>
</html>
"""


def told_no(error: BillingError, status: int, language: str, onward: str, href: str) -> Response:
    """A refusal as a page of its own, where there is no page of ours to go back to with it."""
    page = _PAGE.format(
        language=language,
        brand=escape(runtime.env().catalogue.brand.name),
        sentence=escape(text(language, f"error.{error.code}", **error.facts)),
        href=escape(href),
        onward=escape(onward),
    )
    headers = {"Cache-Control": "no-store"}
    if "retry_after_s" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after_s"])
    return HTMLResponse(page, status, headers)


def see_other(path: str, *cookies: str) -> Response:
    response = Response(status_code=303, headers={"location": path, "cache-control": "no-store"})
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response

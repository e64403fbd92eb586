"""The API's own pages: every path as the document tells it, and first calls to try. Nothing comes from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from billing_ui import runtime
from billing_ui.api.docs_calls import calls
from billing_ui.api.docs_view import themes
from billing_ui.api.docs_words import said_in
from billing_ui.api.language import spoken
from billing_ui.env import Env
from billing_ui.i18n.load import LANGUAGES, text

router = APIRouter(prefix="/api/docs", include_in_schema=False)

_TEMPLATES = Path(__file__).parent / "templates"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CODE = re.compile(r"`([^`]+)`")


@router.get("")
@router.get("/")
async def reference(request: Request) -> HTMLResponse:
    """Every path, what it takes and what it answers."""
    public_url = runtime.env().config.url("")
    return _page(request, "reference.html", themes=themes(request.app.openapi(), public_url))


@router.get("/quick-start")
@router.get("/quick-start/")
async def quick_start(request: Request) -> HTMLResponse:
    """The first calls, ready to be copied; in a demo with the demo's own secret."""
    env = runtime.env()
    secret, language = demo_secret(env, request.url.hostname or ""), _language(request)
    ready = calls(env.catalogue, env.config.url(""), secret, text(language, "docs.python_here"))
    return _page(request, "quick_start.html", secret=secret, calls=ready)


def demo_secret(env: Env, host: str) -> str:
    """The secret of a demo on this machine, which opens nothing elsewhere. Never any other one, and never to a page
    that came by another name: such a name could belong to somebody else's site."""
    config = env.config
    is_shown = config.billing_env == "demo" and config.is_sandbox and config.is_loopback and host in _LOOPBACK
    return config.billing_secret.get_secret_value() if is_shown and config.billing_secret else ""


def _page(request: Request, template: str, **facts: Any) -> HTMLResponse:
    language = _language(request)

    def t(key: str, **more: Any) -> str:
        return text(language, f"docs.{key}", **more)

    def said(words: str) -> str:
        return said_in(language, words)

    brand = runtime.env().catalogue.brand.name
    other = next(each for each in LANGUAGES if each != language)
    page = _room().get_template(template).render(t=t, said=said, language=language, other=other, brand=brand, **facts)
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})


def _language(request: Request) -> str:
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in LANGUAGES else spoken(request) or "en"


def _marked(words: str) -> Markup:
    """Words between backticks are code; everything else is text."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(words))))  # noqa: S704 - escaped first


@cache
def _room() -> Environment:
    room = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    room.filters["marked"] = _marked
    return room

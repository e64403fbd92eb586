"""In which language an answer is told, as far as the caller says so."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import HTTPConnection

from billing_ui.i18n.load import LANGUAGES


def spoken(request: HTTPConnection) -> str | None:
    """The first language of `Accept-Language` that we speak; none when there is none."""
    for name, value in request.scope["headers"]:
        if name == b"accept-language":
            return _first(value.decode("latin-1"))
    return None


@lru_cache(256)
def _first(wanted: str) -> str | None:
    names = (part.split(";")[0].strip().lower().split("-")[0] for part in wanted[:200].split(","))
    return next((name for name in names if name in LANGUAGES), None)

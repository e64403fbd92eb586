"""A native form as it arrives: from our own pages only, urlencoded, small, every field once."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

MAX_BODY = 16_384
_MAX_FIELDS = 16


class FormRefused(Exception):
    """Not a form of ours."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        super().__init__(why)


def require_own_origin(headers: Mapping[str, str], public_url: str) -> None:
    """A browser says where a form was sent from, and no page can make it lie. Programs say nothing: they hold no
    cookies of ours either."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise FormRefused(403, "the form was sent from another site")
        return
    origin = headers.get("origin")
    if origin is not None and origin != _origin(public_url):
        raise FormRefused(403, "the form was sent from another origin")


async def read_form(request: Request) -> dict[str, str]:
    """The fields. The body is counted while it streams in, whatever its length header claims."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise FormRefused(415, "a form is urlencoded")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise FormRefused(413, "the form is too large")
    if body and not kind:
        raise FormRefused(415, "a form is urlencoded")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise FormRefused(400, "the form cannot be read") from error
    fields = dict(pairs)
    if len(fields) != len(pairs) or any("\x00" in value for value in fields.values()):
        raise FormRefused(400, "a field comes once, and without NUL")
    return fields


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()

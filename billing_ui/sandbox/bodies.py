"""Reads JSON bodies strictly and never larger than they need to be."""

import json
from typing import Any, NoReturn
from urllib.parse import parse_qs

from starlette.requests import Request

LARGEST = 8 * 1024 * 1024


class BodyError(ValueError):
    """Not JSON, not of the expected shape, or far too large."""


async def read_bytes(request: Request, largest: int = LARGEST) -> bytes:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            raise BodyError("the body is too large")
    return bytes(raw)


async def read_object(request: Request) -> dict[str, Any]:
    """An empty body is an empty object: most control calls say nothing."""
    value = decode(await read_bytes(request) or b"{}")
    if not isinstance(value, dict):
        raise BodyError("the body must be a JSON object")
    return value


async def read_form(request: Request) -> dict[str, list[str]]:
    return parse_qs((await read_bytes(request, 64 * 1024)).decode("utf-8", "replace"))


async def read_fields(request: Request) -> dict[str, str]:
    """A form whose fields come once."""
    return {name: values[0] for name, values in (await read_form(request)).items()}


def typed_number(form: dict[str, str], name: str, otherwise: int | None) -> int | str | None:
    """A whole number where one was typed; anything else is left for the reader of the wish to refuse."""
    typed = form.get(name, "").strip().replace(".", "")
    if not typed:
        return otherwise
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else typed


def decode(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BodyError("the body is not valid JSON") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

"""Reads what a host app sends: at most so much of it, one JSON object, checked strictly, or the first thing wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from billing_ui.kit.strict_json import JsonRefused, read_object
from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.lists import read_day

MAX_BODY = 16 * 1024
_LONGEST_NAME = 80
_FIRST_YEAR, _LAST_YEAR = 2000, 9000

Ask = TypeVar("Ask", bound=BaseModel)


async def read(request: Request, model: type[Ask]) -> Ask:
    return read_sent(await whole(request.receive, MAX_BODY), model)


def read_sent(body: bytes, model: type[Ask]) -> Ask:
    return checked(model, parsed(body, MAX_BODY))


async def whole(receive: Receive, cap: int) -> bytes:
    """All that is sent, nearly always in one piece."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > cap:
            raise FieldInvalid(field="body", why=f"larger than {cap} bytes")
        if not message.get("more_body", False):
            return body


def parsed(body: bytes, cap: int) -> dict[str, Any]:
    """The object in the body, unchecked."""
    try:
        return read_object(body, cap=cap)
    except JsonRefused as refused:
        raise FieldInvalid(field="body", why=str(refused)) from None


def checked(model: type[Ask], told: object) -> Ask:
    try:
        return model.model_validate(told)
    except ValidationError as wrong:
        raise _first(wrong) from None


def instant(field: str, words: str) -> datetime:
    """An instant with its zone, within the years of any business."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise FieldInvalid(field=field, why="instant_with_zone")
    return at.astimezone(UTC)


def day(field: str, words: str) -> date | None:
    """A day, if one is given."""
    given = read_day(words)
    if words and given is None:
        raise FieldInvalid(field=field, why="day")
    return given


def _first(wrong: ValidationError) -> FieldInvalid:
    first: Any = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    field = str(first["loc"][0])[:_LONGEST_NAME] if first["loc"] else "body"
    return FieldInvalid(field=field, why=first["type"])

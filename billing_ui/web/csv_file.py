"""A table of the reader's own account as a file for spreadsheets: members only, streamed at no cost of memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.i18n.load import DEFAULT_LANGUAGE, LANGUAGES, text
from billing_ui.rules.errors import SignInRequired, TooManyAtOnce
from billing_ui.security.redirects import sign_in_path
from billing_ui.web.doors import see_other, told_no, viewer_of
from billing_ui.web.downloads import PLACES, Download

# The mark by which spreadsheets know the letters.
MARK = "\ufeff".encode()
# Cells that a spreadsheet would take for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose table it is, and how they read it."""

    account_id: int
    zone: str
    language: str


class CsvFile(NamedTuple):
    """Its name without the ending, and its lines, some at a time."""

    name: str
    pieces: AsyncIterator[bytes]


async def csv_file(request: Request, page: str, back: str, made: Callable[[Env, Reader], CsvFile]) -> Response:
    """The file that belongs to a page. Whoever may not have it is sent to sign in, and back to the page."""
    env = runtime.env()
    try:
        who = await viewer_of(request, env)
    except SignInRequired:
        return see_other(sign_in_path(page))
    if who.actor.account_id is None:
        return see_other(sign_in_path(page))
    wanted = request.query_params.get("lang", "")
    reader = Reader(who.actor.account_id, who.account.zone, wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE)
    file = made(env, reader)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{file.name}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    try:
        return Download(PLACES, reader.account_id, file.pieces, "text/csv; charset=utf-8", headers)
    except TooManyAtOnce as full:
        return told_no(full, 429, reader.language, text(reader.language, back), page)


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of a file that spreadsheets read."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _harmless(cell: Any) -> Any:
    """Figures stay figures; words that begin like a formula get an apostrophe, which spreadsheets show as text."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell

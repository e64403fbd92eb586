"""Where a browser may be sent: paths of this site only."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

HOME = "/subscription/overview/"
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
# Browsers and routers tidy such paths up each in their own way; none of ours looks like this.
_CLIMBS = re.compile(r"//|/\.{1,2}(?:/|$)")
MAX_LENGTH = 1_024


def safe_path(wanted: str | None, fallback: str = HOME) -> str:
    """The wanted path if it stays on this site; anything else is dropped in favour of the fallback."""
    if not wanted or len(wanted) > MAX_LENGTH or not wanted.isascii() or not _PATH.fullmatch(wanted):
        return fallback
    # A proxy may undo percent signs once; what appears then must still be a path of this site.
    plain = unquote(wanted.partition("?")[0])
    if not _PATH.fullmatch(plain.replace(" ", "")) or plain.startswith("/session/"):
        return fallback
    if _CLIMBS.search(plain):
        return fallback
    return wanted


def sign_in_path(back_to: str) -> str:
    """The sign-in page, with the way back."""
    return _with_way_back("/auth/", back_to)


def reset_path(back_to: str) -> str:
    """The page for a forgotten password, with the way back."""
    return _with_way_back("/auth/reset/", back_to)


def _with_way_back(page: str, back_to: str) -> str:
    safe = safe_path(back_to, fallback="")
    return f"{page}?redirect_url={quote(safe, safe='/')}" if safe else page

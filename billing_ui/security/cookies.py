"""The session cookie: its name, how it is set and dropped, and how it is read from a raw Cookie header."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qsl, quote, unquote, urlencode

_SECRET = re.compile(r"[0-9a-z]{52}")
LIVES = timedelta(days=30)
_FORM = "billing_form"
_MAX_TYPED = 300
_TYPED_LIVES_S = 120


def cookie_name(*, is_https: bool) -> str:
    """`__Host-` makes the browser itself refuse a cookie planted by a neighbour domain; it needs https."""
    return "__Host-billing_session" if is_https else "billing_session"


def read_cookie(header: str, *, is_https: bool) -> str | None:
    """The secret in a Cookie header, or None. Whatever does not look like one of ours is no cookie at all."""
    wanted = cookie_name(is_https=is_https)
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted:
            return value if _SECRET.fullmatch(value) else None
    return None


def set_cookie(secret: str, *, is_https: bool) -> str:
    """The Set-Cookie header of a fresh session."""
    return _header(secret, int(LIVES.total_seconds()), is_https=is_https)


def drop_cookie(*, is_https: bool) -> str:
    """The Set-Cookie header that makes the browser forget the session."""
    return _header("", 0, is_https=is_https)


def _header(value: str, max_age: int, *, is_https: bool) -> str:
    secure = "; Secure" if is_https else ""
    return f"{cookie_name(is_https=is_https)}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def form_cookie(typed: dict[str, str], *, is_https: bool) -> str:
    """What somebody typed into a form that was refused, kept for the next look at it. Empty drops it."""
    secure = "; Secure" if is_https else ""
    value = quote(urlencode({name: text[:_MAX_TYPED] for name, text in typed.items()}), safe="")
    if len(value) > 4 * _MAX_TYPED:
        value, typed = "", {}  # what would not be read back is not sent either
    age = _TYPED_LIVES_S if typed else 0
    return f"{_FORM}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"


def read_form_cookie(header: str) -> dict[str, str]:
    """What was typed last; only ever shown back to the same browser."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == _FORM and len(value) <= 4 * _MAX_TYPED:
            return {key: text[:_MAX_TYPED] for key, text in parse_qsl(unquote(value), max_num_fields=4)}
    return {}

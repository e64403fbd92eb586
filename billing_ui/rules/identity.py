"""What an e-mail address, a name, a password and a time zone must look like."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

from billing_ui.rules.errors import FieldInvalid, PasswordTooShort

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
LONGEST_EMAIL = 254
LONGEST_NAME = 80
LANGUAGES = ("id", "en")
THEMES = ("system", "light", "dark")

# Plain ASCII, so that no two addresses that look alike are two people.
_EMAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def email(given: str) -> str:
    """The address as it is stored and compared: trimmed and lower-cased."""
    plain = given.strip().lower()
    if len(plain) > LONGEST_EMAIL or not _EMAIL.fullmatch(plain):
        raise FieldInvalid(field="email", why="format")
    return plain


def name(given: str, otherwise: str) -> str:
    """One printable line. A line break in it could write headers of a mail."""
    plain = " ".join(given.split(" ")).strip() or otherwise
    if len(plain) > LONGEST_NAME or not plain.isprintable():
        raise FieldInvalid(field="name", why="format")
    return plain


def password(given: str) -> str:
    """Only its length is ruled; any sign may stand in it."""
    if len(given) < SHORTEST_PASSWORD:
        raise PasswordTooShort(minimum=SHORTEST_PASSWORD)
    if len(given) > LONGEST_PASSWORD:
        raise FieldInvalid(field="password", why="too_long")
    return given


def zone(given: str, otherwise: str) -> str:
    """A zone the calendar knows; the browser only guesses it, so a wrong guess is no reason to refuse anybody."""
    return given if given in _zones() else otherwise


def language(given: str, otherwise: str) -> str:
    return given if given in LANGUAGES else otherwise


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


# The first that matches wins: Edge, Opera and Samsung also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(agent: str) -> str:
    """What a person calls the device whose browser calls itself `agent`; empty when it gives nothing away."""
    found = (next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS))
    return ", ".join(word for word in found if word)

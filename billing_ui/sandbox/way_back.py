"""Addresses that others gave, for the way back to a shop or in a mail: a person is led to web pages only."""

from urllib.parse import urlsplit


def web_page(given: object) -> str:
    """The address if a browser would open a page there; none for scripts, other schemes and half an address."""
    if not isinstance(given, str) or not given.isprintable() or " " in given or "\\" in given:
        return ""
    try:
        parts = urlsplit(given)
    except ValueError:
        return ""
    return given if parts.scheme in {"http", "https"} and parts.hostname else ""

"""The document of the API is in English; its page says the same words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from billing_ui.i18n.load import catalogue

FAMILY = "apidoc."


def said_in(language: str, words: str) -> str:
    """The words of the document in a language; as they stand there where nobody has put them into it."""
    key = _keys().get(words)
    return words if key is None else catalogue(language)[key]


@cache
def _keys() -> Mapping[str, str]:
    return {words: key for key, words in catalogue("en").items() if key.startswith(FAMILY)}

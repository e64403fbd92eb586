"""The only home of product language: the two catalogues, and how money, time and numbers are written in each."""

from billing_ui.i18n.browser import write_browser_catalogues
from billing_ui.i18n.load import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    arguments,
    catalogue,
    text,
    va_steps,
)

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "arguments",
    "catalogue",
    "text",
    "va_steps",
    "write_browser_catalogues",
]

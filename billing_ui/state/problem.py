"""When a handler breaks: the log gets the whole story under a code, the person gets a calm sentence with that code."""

from __future__ import annotations

import logging

import reflex as rx
from reflex.event import EventSpec

from billing_ui import runtime

log = logging.getLogger(__name__)

_LENGTH = 8


def tell(exception: Exception) -> EventSpec:
    """For `rx.App(backend_exception_handler=…)`. The browser's own piece turns the code into words."""
    code = runtime.env().ids.secret()[:_LENGTH]
    log.error("a handler broke, code %s", code, exc_info=exception)
    return rx.call_script(f"dispatchEvent(new CustomEvent('billing-problem', {{detail: '{code}'}}))")

"""The few events of Reflex itself that a page needs, and what each may carry. All others are refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from reflex.event import Event
from reflex.state import FrontendEventExceptionState, OnLoadInternalState, State, UpdateVarsInternalState
from reflex_base.utils.format import format_event_handler

_MAX_HASHES = 1_000
_MAX_STORY = 8_192


@lru_cache(maxsize=1)
def _names() -> dict[str, Callable[[dict[str, Any]], bool]]:
    own, load = State.event_handlers, OnLoadInternalState.event_handlers
    return {
        format_event_handler(handler): rule
        for handler, rule in (
            (own["hydrate"], _nothing),
            (own["hydrate_and_load"], _boot),
            (own["set_is_hydrated"], _flag),
            (load["set_is_hydrated"], _flag),
            (load["on_load_internal"], _nothing),
            (UpdateVarsInternalState.event_handlers["update_vars_internal"], _no_vars),
            (FrontendEventExceptionState.event_handlers["handle_frontend_exception"], _story),
        )
    }


def is_boot(event: Event) -> bool:
    """Whether the event sends the whole state to the browser."""
    return event.name in {format_event_handler(State.event_handlers[name]) for name in ("hydrate", "hydrate_and_load")}


def judge_framework_event(event: Event) -> bool | None:
    """True: go on. False: refuse. None: not one of these, so its policy decides."""
    rule = _names().get(event.name)
    return None if rule is None else rule(event.payload)


def _nothing(payload: dict[str, Any]) -> bool:
    return not payload


def _flag(payload: dict[str, Any]) -> bool:
    return payload.keys() == {"value"} and isinstance(payload["value"], bool)


def _boot(payload: dict[str, Any]) -> bool:
    """Values kept by the browser are its own business: no state is ever filled from them."""
    hashes = payload.get("hashes") or []
    return (
        payload.keys() <= {"vars", "hashes"}
        and not payload.get("vars")
        and isinstance(hashes, list)
        and len(hashes) <= _MAX_HASHES
        and all(isinstance(one, str) and len(one) <= 64 for one in hashes)
    )


def _no_vars(payload: dict[str, Any]) -> bool:
    return payload == {"vars": {}}


def _story(payload: dict[str, Any]) -> bool:
    """A browser tells of its own error. It goes to the log, so line breaks are made harmless first."""
    if payload.keys() != {"info", "component_stack"}:
        return False
    if not all(isinstance(value, str) and len(value) <= _MAX_STORY for value in payload.values()):
        return False
    for key, value in payload.items():
        payload[key] = "".join(sign if sign.isprintable() else " " for sign in value)
    return True

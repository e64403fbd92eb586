"""The mark every State handler carries: who may call it. A handler without one is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from billing_ui.rules.access import Permission

Audience = Literal["public", "user", "operator"]
_Handler = TypeVar("_Handler", bound=Callable[..., Any])
_MARK = "__policy__"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call: anybody, somebody signed in, or an operator (with this permission, if one is named)."""

    audience: Audience
    permission: Permission | None = None


def policy(audience: Audience, perm: Permission | None = None) -> Callable[[_Handler], _Handler]:
    """Put it under `@rx.event`: `@rx.event` then `@policy("user")`. The mark survives the copy Reflex makes."""
    if audience not in get_args(Audience):
        raise ValueError(f"no such audience: {audience}")
    if perm is not None and audience != "operator":
        raise ValueError("only operators have permissions")

    def mark(handler: _Handler) -> _Handler:
        setattr(handler, _MARK, Policy(audience, perm))
        return handler

    return mark


def policy_of(handler: Callable[..., Any]) -> Policy | None:
    """The handler's policy; None means that nobody may call it."""
    found = getattr(handler, _MARK, None)
    return found if isinstance(found, Policy) else None

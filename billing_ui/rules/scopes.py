"""What a key of a host app may do, scope by scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from billing_ui.rules.errors import FieldInvalid

Scope = Literal["usage:write", "usage:read", "payments:write", "payments:read", "accounts:write"]
SCOPES: Final[tuple[Scope, ...]] = ("usage:write", "usage:read", "payments:write", "payments:read", "accounts:write")
# One in use, and one to change over to.
MOST_ACTIVE: Final = 2
PREFIX: Final = "bk_live_"


def scopes(given: Sequence[str]) -> tuple[Scope, ...]:
    """The known ones among them, each once, in the order of the table; an unknown one is a mistake."""
    if not given or not set(given) <= set(SCOPES):
        raise FieldInvalid(field="scopes", why="unknown" if given else "required")
    return tuple(scope for scope in SCOPES if scope in given)

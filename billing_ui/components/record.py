"""A dict that a state holds, as a Var whose entries a page may read."""

from __future__ import annotations

from typing import Any

from reflex.vars import ObjectVar


def record(found: Any) -> ObjectVar[dict[str, Any]]:
    """States declare their dicts as plain fields, and the type checker cannot see entries through those."""
    return found.to(dict[str, Any])

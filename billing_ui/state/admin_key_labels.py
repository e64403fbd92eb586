"""Keys of host apps as the plain dicts that the desk's page holds, and a first call that a new one can make."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.queries.api_keys import ApiKeyView
from billing_ui.rules.scopes import PREFIX, Scope
from billing_ui.services.api_keys import NewKey
from billing_ui.state.labels import instant

# Of what a key may do, a call that needs nobody's account, and changes nothing where there is such a one.
_CALLS: Mapping[Scope, tuple[str, str]] = {
    "usage:read": ("/api/billing/plans", ""),
    "payments:read": ("/api/payments/stats", ""),
    "accounts:write": ("/api/billing/init-user", '{"external_id": "my-first-user"}'),
}


def key_row(key: ApiKeyView, makers: Mapping[str, str], now: datetime) -> dict[str, Any]:
    state = "revoked" if key.revoked_at else "active" if key.is_active(now) else "expired"
    return {
        "id": key.public_id, "name": key.name, "shown": f"{PREFIX}…{key.hint}", "hint": key.hint,
        "scopes": [scope.replace(":", "_") for scope in key.scopes], "made_at": instant(key.created_at),
        "made_by": makers.get(key.created_by, ""), "maker": key.created_by, "expires_at": instant(key.expires_at),
        "revoked_at": instant(key.revoked_at), "state": state,
    }  # fmt: skip


def fresh(new: NewKey) -> dict[str, Any]:
    """The secret, for the one moment in which it is shown."""
    return {
        "id": new.key.public_id, "name": new.key.name, "secret": new.secret, "call": _call(new.secret, new.key.scopes)
    }  # fmt: skip


def _call(secret: str, scopes: Collection[Scope]) -> str:
    """Nothing for a key whose calls all need an account; the quick start makes one."""
    path, body = next((call for scope, call in _CALLS.items() if scope in scopes), ("", ""))
    if not path:
        return ""
    told = f" -d '{body}'" if body else ""
    return f'curl {runtime.env().config.url(path)} -H "Authorization: Bearer {secret}"{told}'

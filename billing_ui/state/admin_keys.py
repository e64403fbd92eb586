"""The desk's page of keys: all there ever were, and the secret of a new one until it has been taken along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.api_keys import ApiKeyView, api_keys
from billing_ui.queries.people import people_behind
from billing_ui.rules.scopes import MOST_ACTIVE
from billing_ui.security.policy import policy
from billing_ui.state.admin_key_labels import key_row
from billing_ui.state.labels import instant

# As long as it takes to put a secret where it belongs, with a line that breaks in between.
_KEPT = timedelta(minutes=10)


class AdminKeys(rx.State):
    """`fresh` holds the one secret that was just made; nothing brings it back once it is gone from here."""

    ready: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    full: rx.Field[bool] = rx.field(False)
    fresh: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    told: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _until: datetime | None = None

    @rx.event
    @policy("operator", perm="keys.manage")
    async def open(self) -> None:
        self.told = {}
        await self._list()
        self.ready = True

    @rx.event
    @policy("operator", perm="keys.manage")
    async def reread(self) -> None:
        """The same page again, for a tab that was hidden."""
        await self._list()

    @rx.event
    @policy("operator", perm="keys.manage")
    async def keep(self) -> None:
        """The secret was taken along: here it is forgotten."""
        self.fresh, self._until = {}, None

    async def _list(self) -> None:
        now = runtime.env().clock.now()
        if self._until is not None and now >= self._until:
            self.fresh, self._until = {}, None
        found, makers = await runtime.run(_read)
        self.rows = [key_row(key, makers, now) for key in found]
        self.full = sum(key.is_active(now) for key in found) >= MOST_ACTIVE

    async def _made(self, fresh: dict[str, Any]) -> None:
        self._until = runtime.env().clock.now() + _KEPT
        self.fresh, self.told = {**fresh, "until": instant(self._until)}, {}
        await self._list()

    async def _revoked(self, key: ApiKeyView) -> None:
        if self.fresh.get("id") == key.public_id:
            self.fresh, self._until = {}, None
        self.told = {"key": "adm.key_revoked", "args": {"name": key.name, "hint": key.hint}}
        await self._list()


def _read() -> tuple[tuple[ApiKeyView, ...], Mapping[str, str]]:
    with runtime.env().db.read() as tx:
        found = api_keys(tx)
        return found, people_behind(tx, {key.created_by for key in found})

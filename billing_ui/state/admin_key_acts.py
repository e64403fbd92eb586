"""The two dialogs about keys: one makes a key, the other revokes it for good."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, Literal

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.api_keys import ApiKeyView
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.scopes import SCOPES, Scope
from billing_ui.security.policy import policy
from billing_ui.services import api_keys
from billing_ui.services.api_keys import NewKey
from billing_ui.state.admin_act import SHORTEST_NOTE, DeskDialog, require
from billing_ui.state.admin_key_labels import fresh
from billing_ui.state.admin_keys import AdminKeys

Days = Literal["", "30", "90", "365"]


class AdminKeyNew(DeskDialog, rx.State):
    """Which scopes are chosen, and for how long the key is good; its name and why it is made are in the boxes."""

    picked: rx.Field[list[str]] = rx.field(default_factory=list)
    days: rx.Field[str] = rx.field("")

    @rx.event
    @policy("operator", perm="keys.manage")
    async def ask(self) -> None:
        self._open({})

    @rx.event
    @policy("operator", perm="keys.manage")
    async def pick(self, scope: Scope) -> None:
        """Once more takes it away again."""
        chosen = {*self.picked} ^ {scope}
        self.picked = [each for each in SCOPES if each in chosen]

    @rx.event
    @policy("operator", perm="keys.manage")
    async def last(self, days: Days) -> None:
        self.days = days

    @rx.event
    @policy("operator", perm="keys.manage")
    async def make(self) -> AsyncGenerator[Any, None]:
        async for step in self._try(self._new, self._shown):
            yield step

    def _new(self, actor: Actor) -> NewKey:
        name, note = self._box("name"), self._box("note")
        require({"name": not name, "scopes": not self.picked, "note": len(note) < SHORTEST_NOTE})
        env = runtime.env()
        until = env.clock.now() + timedelta(days=int(self.days)) if self.days else None
        return api_keys.create(env, actor, name, self.picked, until, note)

    async def _shown(self, new: NewKey) -> None:
        await (await self.get_state(AdminKeys))._made(fresh(new))


class AdminKeyEnd(DeskDialog, rx.State):
    """`case` is the key as its row tells it; how it ends has to be typed."""

    @rx.event
    @policy("operator", perm="keys.manage")
    async def ask(self, key: str) -> None:
        desk = await self.get_state(AdminKeys)
        row = next((row for row in desk.rows if row["id"] == key and row["state"] != "revoked"), None)
        if row is not None:
            self._open(dict(row))

    @rx.event
    @policy("operator", perm="keys.manage")
    async def revoke(self) -> AsyncGenerator[Any, None]:
        async for step in self._try(self._ended, self._told):
            yield step

    def _ended(self, actor: Actor) -> ApiKeyView:
        note = self._box("note")
        require({"note": len(note) < SHORTEST_NOTE})
        if self._box("typed") != self.case["hint"]:
            raise FieldInvalid(field="typed", why="differs")
        return api_keys.revoke(runtime.env(), actor, str(self.case["id"]), note)

    async def _told(self, key: ApiKeyView) -> None:
        await (await self.get_state(AdminKeys))._revoked(key)

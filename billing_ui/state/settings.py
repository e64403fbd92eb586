"""What somebody may choose for themselves, and where they are signed in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.mails import own_stop
from billing_ui.queries.people import DeviceView, devices
from billing_ui.rules.errors import BillingError, NotFound
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import identity, mail_stops
from billing_ui.services.sessions import Viewer
from billing_ui.state.feedback import NOTHING, told
from billing_ui.state.labels import instant
from billing_ui.state.session import Session, enter

_TOLD_AFTER = {"reset_ok": "auth.reset_ok"}


class SettingsState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    devices: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    has_others: rx.Field[bool] = rx.field(False)
    mail_stopped: rx.Field[str] = rx.field("")
    told: rx.Field[str] = rx.field("")
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))

    @rx.event
    @policy("user")
    async def open(self) -> None:
        who = await enter(self)
        if who is None:
            return
        self.error = dict(NOTHING)
        self.told = _TOLD_AFTER.get(self.router.url.query_parameters.get("notice", ""), "")
        self.mail_stopped = await runtime.run(_why_no_mail, who)
        await self._list(who)
        self.ready = True

    @rx.event
    @policy("user")
    async def pick_language(self, language: str) -> None:
        """The page has switched already; this is for mails and papers."""
        who = viewer(self)
        if who is None or who.user.language == language:
            return
        try:
            await runtime.run(identity.set_language, runtime.env(), who.actor, language)
        except BillingError as problem:
            self.error = told(problem)
            return
        session = await self.get_state(Session)
        session.user = {**session.user, "language": language}
        self.told = "set.saved_language"

    @rx.event
    @policy("user")
    async def end_device(self, device: str) -> None:
        """Signs out another device. This one leaves by the door of signing out, which also takes the cookie."""
        who = viewer(self)
        if who is None or device == who.session_id:
            return
        self.error = dict(NOTHING)
        # Somebody was faster: gone is gone.
        with suppress(NotFound):
            await runtime.run(identity.sign_out_device, runtime.env(), who.actor, device)
        self.told = "set.device_gone"
        await self._list(who)

    @rx.event
    @policy("user")
    async def end_others(self) -> None:
        who = viewer(self)
        if who is None:
            return
        self.error = dict(NOTHING)
        await runtime.run(identity.sign_out_everywhere, runtime.env(), who.actor, who.session_id)
        self.told = "set.others_gone"
        await self._list(who)

    @rx.event
    @policy("user")
    async def confirm_mail(self) -> None:
        """The address is right after all: mail goes there again, from the next one on."""
        who = viewer(self)
        if who is None:
            return
        self.error, self.told = dict(NOTHING), ""
        try:
            await runtime.run(mail_stops.confirm, runtime.env(), who.actor)
        except BillingError as problem:
            self.error = told(problem)
            return
        self.mail_stopped, self.told = "", "set.mail_confirmed"

    async def _list(self, who: Viewer) -> None:
        found = await runtime.run(_read, who)
        self.devices = [device_label(device, who.session_id) for device in found]
        self.has_others = len(found) > 1


def device_label(device: DeviceView, here: str) -> dict[str, Any]:
    return {
        "id": device.public_id, "name": device.name, "ip": device.ip, "seen_at": instant(device.seen_at),
        "since": instant(device.created_at), "here": device.public_id == here,
    }  # fmt: skip


def _why_no_mail(who: Viewer) -> str:
    with runtime.env().db.read() as tx:
        return own_stop(tx, who.actor.user_id or 0)


def _read(who: Viewer) -> tuple[DeviceView, ...]:
    """This device stands first, the others by when they were used last."""
    env = runtime.env()
    with env.db.read() as tx:
        found = devices(tx, who.actor.user_id or 0, env.clock.now())
    return tuple(sorted(found, key=lambda device: device.public_id != who.session_id))

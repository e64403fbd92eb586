"""The check before every event, chained and page-load events included: deny unless a policy says otherwise."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar

import reflex as rx
from reflex.app import App
from reflex.event import Event
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, State, StateUpdate
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

from billing_ui import runtime
from billing_ui.security.cookies import read_cookie
from billing_ui.security.gate.framework import is_boot, judge_framework_event
from billing_ui.security.payloads import accepts
from billing_ui.security.policy import Policy, policy_of
from billing_ui.security.redirects import sign_in_path
from billing_ui.services.sessions import Viewer

log = logging.getLogger(__name__)

Find = Callable[[str], Viewer | None]
_NOTHING = StateUpdate()
_BEAT_S = 600  # Redis forgets parts of a tree one by one; the binding must not be the first to go
_seen: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


class Binding(rx.State):
    """Whose state this tree is: the public id of the session that filled it. Never sent to the browser."""

    _session: str | None = None
    _beat: int = 0


class Gate(Middleware):
    """Looks up who is asking, fresh for each event, and lets through what their policy allows."""

    def __init__(self, find: Find, steady: Callable[[], float], *, is_https: bool) -> None:
        self._find, self._steady, self._is_https = find, steady, is_https

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        del app
        root = state._get_root_state()
        viewer = await self._who(root)
        _seen.set(viewer)
        stranger = await self._bind(root, viewer, event)
        if stranger is not None:
            return stranger
        allowed = judge_framework_event(event)
        if allowed is None:
            return self._judge(root, viewer, event)
        return None if allowed else self._refuse(event, "framework")

    async def _who(self, root: BaseState) -> Viewer | None:
        header = root.router_data.get("headers", {}).get("cookie", "")
        secret = read_cookie(header, is_https=self._is_https)
        return None if secret is None else await runtime.run(self._find, secret)

    async def _bind(self, root: BaseState, viewer: Viewer | None, event: Event) -> StateUpdate | None:
        """A tree filled under another session is emptied before anybody reads from it."""
        wanted = viewer.session_id if viewer else ""
        binding = await root.get_state(Binding)
        before, beat = binding._session, int(self._steady()) // _BEAT_S
        if before == wanted:
            if binding._beat != beat:
                binding._beat = beat
            return None
        is_hydrated = root.get_value("is_hydrated")
        await _load_whole_tree(root)
        root.reset()  # type: ignore[no-untyped-call]  # Reflex ships it untyped
        binding._session, binding._beat = wanted, beat
        if before is None and not is_boot(event):
            root.is_hydrated = is_hydrated
        if before is None or is_boot(event):
            return None
        log.info("a tab changed hands and starts anew")
        return StateUpdate(events=Event.from_event_type(State.hydrate_and_load()))

    def _judge(self, root: BaseState, viewer: Viewer | None, event: Event) -> StateUpdate | None:
        handler = RegistrationContext.get().event_handlers[event.name].handler
        wanted = policy_of(handler.fn)
        if wanted is None:
            return self._refuse(event, "no policy")
        if not _may(viewer, wanted):
            if viewer is None:
                path = str(root.router_data.get("asPath", ""))
                return StateUpdate(events=Event.from_event_type(rx.redirect(sign_in_path(path))))
            return self._refuse(event, f"not for {viewer.actor.name}")
        if not accepts(handler.fn, event.payload):
            return self._refuse(event, "payload")
        return None

    @staticmethod
    def _refuse(event: Event, why: str) -> StateUpdate:
        log.warning("refused event %s: %s", event.name, why)
        return _NOTHING


def viewer(state: BaseState) -> Viewer | None:
    """Who sent the event this handler serves, as the gate found them in the database when it began."""
    del state  # the answer belongs to the event, not to the tree
    return _seen.get()


def _may(viewer: Viewer | None, wanted: Policy) -> bool:
    if wanted.audience == "public":
        return True
    if viewer is None:
        return False
    if wanted.audience == "user":
        return True
    return viewer.actor.role is not None and (wanted.permission is None or viewer.actor.may(wanted.permission))


async def _load_whole_tree(root: BaseState) -> None:
    """With Redis only a part of the tree is at hand; the rest would keep its old values."""
    context = EventContext.get()
    if isinstance(context.state_manager, StateManagerRedis):
        await context.state_manager.get_state(
            BaseStateToken(ident=context.token, cls=type(root)), for_state_instance=root
        )

"""The outermost door of the websocket. It looks at every packet before Reflex does, and ties each tab's state to the
session cookie, so that knowing another tab's token opens nothing."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from reflex.app import App, EventNamespace
from reflex_base.constants import CompileVars
from socketio import exceptions  # type: ignore[import-untyped]  # ships no types

from billing_ui.infra.rate_limit import Buckets
from billing_ui.kit.ids import digest
from billing_ui.security.cookies import read_cookie

log = logging.getLogger(__name__)

MAX_CONNECTIONS_PER_IP = 300
PER_CALLER = (20, 60)  # events per second, burst
PER_IP = (400, 1_200)  # an office or a campus may share one address
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MAX_PATH = 2_048
_MAX_QUERY = 32


class GatedNamespace(EventNamespace):
    """Reflex's own namespace behind a door: known event names, known shapes, a bounded pace."""

    def __init__(self, namespace: str, app: App, steady: Callable[[], float], *, is_https: bool) -> None:
        super().__init__(namespace, app)
        self._pace = Buckets(PER_CALLER[0], PER_CALLER[1], steady)
        self._ceiling = Buckets(PER_IP[0], PER_IP[1], steady)
        self._is_https = is_https
        self._callers: dict[str, tuple[str, str]] = {}
        self._per_ip: Counter[str] = Counter()

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        if self.app.sio is None or environ is not self.app.sio.get_environ(sid, self.namespace):
            return  # a client can emit an event called "connect" and bring an environ of its own making
        router = self._build_static_router_data(sid, environ)
        secret = read_cookie(router["headers"].get("cookie", ""), is_https=self._is_https)
        token = parse_qs(environ.get("QUERY_STRING", "")).get("token", [""])[0]
        ip = str(router["ip"])
        if not _TOKEN.fullmatch(token) or self._per_ip[ip] >= MAX_CONNECTIONS_PER_IP:
            raise exceptions.ConnectionRefusedError
        self._per_ip[ip] += 1
        self._callers[sid] = (digest(secret) if secret else ip, ip)
        bound = digest(f"{secret or ''}/{token}")
        try:
            await super().on_connect(sid, {**environ, "QUERY_STRING": urlencode({"token": bound})}, _boot(auth))
        except BaseException:
            # Who is refused now never disconnects: counted on, a store that is away would lock out a whole address.
            self._forget(sid)
            raise

    def on_disconnect(self, sid: str) -> Any:
        self._forget(sid)
        return super().on_disconnect(sid)

    def _forget(self, sid: str) -> None:
        _, ip = self._callers.pop(sid, ("", ""))
        self._per_ip[ip] -= 1
        if self._per_ip[ip] <= 0:
            del self._per_ip[ip]

    async def on_event(self, sid: str, data: Any = None, *_more: Any) -> None:
        if not self._may_go_on(sid):
            return
        event = self._clean(data)
        if event is None:
            log.warning("an event that no page sends was dropped")
            return
        await super().on_event(sid, event)

    async def on_ping(self, sid: str, *_more: Any) -> None:
        if self._may_go_on(sid):
            await super().on_ping(sid)

    def _may_go_on(self, sid: str) -> bool:
        """Strangers behind one address share a pace; who is signed in has their own, below that of the address."""
        if sid not in self._callers:
            return False
        caller, ip = self._callers[sid]
        return self._pace.take(caller) and self._ceiling.take(ip)

    def _clean(self, data: Any) -> dict[str, Any] | None:
        """The event without anything a page has no business sending; None when it is not an event of ours."""
        if not isinstance(data, dict):
            return None
        name, payload = data.get("name"), data.get("payload", {})
        if not isinstance(name, str) or name not in self.app._registration_context.event_handlers:
            return None
        if not isinstance(payload, dict):
            return None
        router = _clean_router(data.get("router_data"))
        return None if router is None else {"name": name, "payload": payload, "router_data": router}


def _clean_router(given: Any) -> dict[str, Any] | None:
    if given is None:
        return {}
    if not isinstance(given, dict):
        return None
    query = given.get("query", {})
    if not isinstance(query, dict) or len(query) > _MAX_QUERY or not all(map(_is_word, [*query, *query.values()])):
        return None
    paths = {key: given[key] for key in ("pathname", "asPath") if key in given}
    if not all(map(_is_word, paths.values())):
        return None
    return {**paths, "query": query}


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_PATH and "\x00" not in value


def _boot(auth: Any) -> dict[str, Any] | None:
    """What a connect may carry: the first event and the schema of the page, nothing else."""
    if not isinstance(auth, dict):
        return None
    kinds: dict[str, type] = {CompileVars.CONNECT_AUTH_EVENT: dict, CompileVars.CONNECT_AUTH_STATE_SCHEMA: str}
    return {key: auth[key] for key, kind in kinds.items() if isinstance(auth.get(key), kind)}

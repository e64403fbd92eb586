"""Puts the gate into a Reflex app. Called once, from the composition."""

from __future__ import annotations

from collections.abc import Callable

from reflex.app import App

from billing_ui.security.gate.entrance import GatedNamespace
from billing_ui.security.gate.middleware import Find, Gate

MAX_MESSAGE_BYTES = 65_536


def install(app: App, find: Find, steady: Callable[[], float], *, is_https: bool) -> None:
    """`find` turns a cookie's secret into whoever is signed in; `steady` is the clock the pace is measured by."""
    if app.sio is None or app.event_namespace is None:
        raise TypeError("the gate needs an app with state")
    app.sio.eio.max_http_buffer_size = MAX_MESSAGE_BYTES
    namespace = GatedNamespace(app.event_namespace.namespace, app, steady, is_https=is_https)
    app.sio.register_namespace(namespace)
    app._event_namespace = namespace
    app.add_middleware(Gate(find, steady, is_https=is_https), index=0)

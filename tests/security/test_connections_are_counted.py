"""How many tabs an address holds open is counted, and counted down again however a connection ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext

from billing_ui.security.gate.entrance import GatedNamespace

ENVIRON: dict[str, Any] = {
    "QUERY_STRING": "token=a-tab-of-one-browser",
    "asgi.scope": {"headers": [], "client": ("10.0.0.7", 4_000)},
}


@pytest.fixture
def namespace(monkeypatch: pytest.MonkeyPatch) -> Iterator[GatedNamespace]:
    with RegistrationContext():
        app = rx.App(_state=rx.State)
        assert app.sio is not None
        monkeypatch.setattr(app.sio, "get_environ", lambda _sid, _namespace: ENVIRON)
        yield GatedNamespace("/_event", app, lambda: 0.0, is_https=False)


async def test_a_connection_refused_by_a_store_that_is_away_is_not_counted(
    namespace: GatedNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: object, **_kwargs: object) -> None:
        raise ConnectionError("the store is away")

    monkeypatch.setattr(namespace, "link_token_to_sid", away)
    for number in range(3):
        with pytest.raises(ConnectionError):
            await namespace.on_connect(f"sid-{number}", ENVIRON)
    assert not namespace._per_ip
    assert not namespace._callers


async def test_an_open_connection_is_counted_until_it_ends(
    namespace: GatedNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def linked(*_args: object, **_kwargs: object) -> None:
        """The tab is known to the store."""

    monkeypatch.setattr(namespace, "link_token_to_sid", linked)
    await namespace.on_connect("sid-1", ENVIRON)
    await namespace.on_connect("sid-2", ENVIRON)
    assert namespace._per_ip == {"10.0.0.7": 2}
    namespace.on_disconnect("sid-1")
    namespace.on_disconnect("sid-2")
    assert not namespace._per_ip

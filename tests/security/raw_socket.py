"""A websocket client that speaks just enough Socket.IO to lie in it."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import quote

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

NAMESPACE = "/_event"
PATIENCE_S = 8
BOOT = "reflex___state____state.hydrate_and_load"


class RefusedConnectionError(Exception):
    """The server did not let the namespace connect."""


class RawSocket:
    """One tab as an attacker sees it: emits what it likes, keeps every delta that comes back."""

    def __init__(self, url: str, token: str, cookie: str = "", *, boot: bool = True, origin: str | None = None) -> None:
        headers = {"Cookie": cookie} if cookie else {}
        self._stack = ExitStack()
        self._socket: ClientConnection = self._stack.enter_context(
            connect(
                f"{url.replace('http', 'ws')}/_event/?EIO=4&transport=websocket&token={quote(token)}",
                additional_headers=headers,
                origin=origin,  # type: ignore[arg-type]  # wrong on purpose
                max_size=None,
            )
        )
        self.vars: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.seen: list[str] = []
        self.answers = 0
        self.new_token: str | None = None
        self._socket.recv(5)
        auth = {"event": self.event(BOOT, {"vars": {}, "hashes": []})} if boot else {}
        self.send(f"40{NAMESPACE},{json.dumps(auth)}")
        answer = str(self._socket.recv(5))
        while answer.startswith("42"):
            self._take(answer)
            answer = str(self._socket.recv(5))
        if not answer.startswith(f"40{NAMESPACE}"):
            raise RefusedConnectionError(answer)
        if boot:
            self._listen(lambda: self.vars.get("state.is_hydrated") is True)

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    @staticmethod
    def event(name: str, payload: Any = None, path: str = "/") -> dict[str, Any]:
        router = {"pathname": path, "asPath": path, "query": {}}
        return {"name": name, "payload": {} if payload is None else payload, "router_data": router}

    def send(self, text: str) -> None:
        self._socket.send(text)

    def emit(self, name: str, payload: Any = None, path: str = "/") -> None:
        self.emit_raw("event", self.event(name, payload, path))

    def emit_raw(self, *words: Any) -> None:
        self.send(f"42{NAMESPACE},{json.dumps(list(words))}")

    def call(
        self, name: str, payload: Any = None, path: str = "/", *, until: Callable[[], bool] = lambda: True
    ) -> dict[str, Any]:
        """Emits what is answered, waits for the answer and until the server is quiet, tells all vars known so far.
        An answer in several pieces names by `until` how its last one is known."""
        heard = self.answers
        self.emit(name, payload, path)
        self._listen(lambda: self.answers > heard and until())
        return self.settle()

    def tries(self, name: str, payload: Any = None) -> dict[str, Any]:
        """Emits what has no answer, because it is refused or changes nothing."""
        self.emit(name, payload)
        return self.settle()

    def settle(self, quiet_s: float = 0.15) -> dict[str, Any]:
        """Waits until the server is quiet. A busy one falls silent halfway: wait for a fact where there is one."""
        with suppress(TimeoutError, ConnectionClosed):
            until = time.monotonic() + PATIENCE_S
            while time.monotonic() < until:
                self._take(str(self._socket.recv(quiet_s)))
        return self.vars

    def _listen(self, heard: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        with suppress(TimeoutError, ConnectionClosed):
            while not heard() and (left := until - time.monotonic()) > 0:
                self._take(str(self._socket.recv(left)))

    def is_open(self) -> bool:
        with suppress(ConnectionClosed):
            self._socket.ping().wait(3)
            return True
        return False

    def _take(self, frame: str) -> None:
        self.seen.append(frame)
        if frame == "2":
            self.send("3")
        if not frame.startswith(f"42{NAMESPACE},"):
            return
        kind, body = json.loads(frame[len(f"42{NAMESPACE},") :])
        if kind == "new_token":
            self.new_token = body
        if kind != "event":
            return
        self.answers += 1
        self.events += body.get("events") or []
        for state, changes in (body.get("delta") or {}).items():
            for name, value in changes.items():
                self.vars[f"{state.rpartition('.')[2].rpartition('___')[2]}.{name.split('_rx_')[0]}"] = value

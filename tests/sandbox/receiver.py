"""A stand-in for the app: takes webhooks, remembers them, and answers as it is told."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.live_sandbox import free_port, serving


@dataclass(frozen=True)
class Told:
    body: Any
    headers: dict[str, str]
    arrived: float
    path: str
    raw: bytes = b""


@dataclass
class Receiver:
    url: str
    told: list[Told] = field(default_factory=list)
    status: int = 200
    hold_s: float = 0.0
    in_flight: int = 0
    most_in_flight: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def clear(self) -> None:
        self.told.clear()
        self.status, self.hold_s, self.most_in_flight = 200, 0.0, 0

    async def take(self, request: Request) -> Response:
        arrived = time.perf_counter()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        raw = await request.body()
        with self._changed:
            self.told.append(Told(json.loads(raw), dict(request.headers), arrived, request.url.path, raw))
            self._changed.notify_all()
        if self.hold_s:
            await asyncio.sleep(self.hold_s)
        self.in_flight -= 1
        return Response(status_code=self.status)

    def wait_for(self, count: int, within_s: float = 5.0) -> list[Told]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.told) >= count, within_s), (
                f"{len(self.told)} of {count} deliveries arrived within {within_s} s"
            )
        return list(self.told)


@contextmanager
def receiving() -> Iterator[Receiver]:
    listener, port = free_port()
    receiver = Receiver(f"http://127.0.0.1:{port}")
    app = Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST"])])
    with serving(app, listener):
        yield receiver

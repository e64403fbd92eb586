"""A crowd that knocks at a door over plain sockets: each connection sends the next request once it is answered."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.callers import Window
from benchmarks.samples import Sample

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
# At this moment the next request, or nothing more.
Next = Callable[[float], bytes | None]


@dataclass(frozen=True, slots=True)
class Knocks:
    """When each request was sent and how long it took, in seconds, how long all took together, and what was not
    answered with success."""

    asked: tuple[tuple[float, float], ...]
    seconds: float
    refused: tuple[int, ...]

    @property
    def taken(self) -> tuple[float, ...]:
        return tuple(took for _at, took in self.asked)

    @property
    def per_second(self) -> float:
        return len(self.asked) / self.seconds

    def require_answers(self) -> Knocks:
        """Raises when anything was refused: a fast no is no answer."""
        if self.refused:
            raise RuntimeError(f"{len(self.refused)} requests were refused: {sorted(set(self.refused))}")
        return self


def knock(port: int, requests: Sequence[bytes], connections: int) -> Knocks:
    """Sends all requests, each connection the next one that is left, and waits for every answer."""
    left = iter(requests)
    return asyncio.run(_knock(port, lambda _now: next(left, None), connections))


def knock_for(port: int, requests: Iterator[bytes], connections: int, seconds: float, each: int = 1) -> Sample:
    """Keeps on for so long, and waits for every answer. A request stands for `each` operations."""
    window: list[Window] = []

    def following(now: float) -> bytes | None:
        if not window:
            window.append(Window.of(seconds))
        return next(requests) if now < window[0].end else None

    knocks = asyncio.run(_knock(port, following, connections)).require_answers()
    return window[0].sample(knocks.asked, each)


class _Line(asyncio.Protocol):
    """One connection. As little as a client can do, because it shares the machine with the door."""

    def __init__(self, following: Next, asked: list[tuple[float, float]], refused: list[int]) -> None:
        self._next, self._asked, self._refused = following, asked, refused
        self._got = b""
        self._wanted = 0
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._wanted:
            head = self._got.find(_END)
            if head < 0:
                return
            told = _LENGTH.search(self._got, 0, head)
            assert told is not None
            self._wanted = head + len(_END) + int(told[1])
        if len(self._got) >= self._wanted:
            self._asked.append((self._sent, time.perf_counter() - self._sent))
            status = int(self._got[9:12])
            if status not in {200, 201}:
                self._refused.append(status)
            self._got, self._wanted = self._got[self._wanted :], 0
            self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the door was shut"))

    def send(self) -> None:
        now = time.perf_counter()
        request = self._next(now)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def _knock(port: int, following: Next, connections: int) -> Knocks:
    """Time runs once all connections stand."""
    asked: list[tuple[float, float]] = []
    refused: list[int] = []
    loop = asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(lambda: _Line(following, asked, refused), HOST, port))[1]
        for _ in range(connections)
    ]
    start = time.perf_counter()
    for line in lines:
        line.send()
    await asyncio.gather(*(line.done for line in lines))
    return Knocks(tuple(asked), time.perf_counter() - start, tuple(refused))

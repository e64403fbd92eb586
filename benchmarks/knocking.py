"""A crowd that knocks at a door over plain sockets: each connection sends the next request once it is answered."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.samples import Sample

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
# When to send no more: nothing, or the next request.
Next = Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class Knocks:
    """How long each request took, in seconds, how long all took together, and what was not answered with success."""

    taken: tuple[float, ...]
    seconds: float
    refused: tuple[int, ...]

    @property
    def per_second(self) -> float:
        return len(self.taken) / self.seconds

    def sample(self) -> Sample:
        """Raises when anything was refused: a fast no is no answer."""
        if self.refused:
            raise RuntimeError(f"{len(self.refused)} requests were refused: {sorted(set(self.refused))}")
        return Sample(len(self.taken), self.seconds, self.taken)


def knock(port: int, requests: Sequence[bytes], connections: int) -> Knocks:
    """Sends all requests, each connection the next one that is left, and waits for every answer."""
    left = iter(requests)
    return asyncio.run(_knock(port, lambda: next(left, None), connections))


def knock_for(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Knocks:
    """Keeps on for so long, and waits for every answer."""
    end = time.perf_counter() + seconds
    return asyncio.run(_knock(port, lambda: next(requests) if time.perf_counter() < end else None, connections))


class _Line(asyncio.Protocol):
    """One connection. As little as a client can do, because it shares the machine with the door."""

    def __init__(self, following: Next, taken: list[float], refused: list[int]) -> None:
        self._next, self._taken, self._refused = following, taken, refused
        self._got = b""
        self._wanted = 0
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

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
            self._taken.append(time.perf_counter() - self._sent)
            status = int(self._got[9:12])
            if status not in {200, 201}:
                self._refused.append(status)
            self._got, self._wanted = self._got[self._wanted :], 0
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the door was shut"))

    def _send(self) -> None:
        request = self._next()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def _knock(port: int, following: Next, connections: int) -> Knocks:
    taken: list[float] = []
    refused: list[int] = []
    start = time.perf_counter()
    loop = asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(lambda: _Line(following, taken, refused), HOST, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(line.done for line in lines))
    return Knocks(tuple(taken), time.perf_counter() - start, tuple(refused))

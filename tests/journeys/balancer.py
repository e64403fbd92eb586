"""What stands before several web processes: one address, every request to the next of them, a websocket to one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

START_S = 5
CHUNK = 65_536


@dataclass
class Balancer:
    """Takes turns; `lines_to` says which process gets the next websockets. Whoever does not answer is passed over."""

    port: int
    backends: tuple[int, ...]
    lines_to: int = 0
    asked: list[tuple[int, str]] = field(default_factory=list)
    _turn: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await self._lead(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a browser opens connections it does not use, and closes others half-way
        finally:
            writer.close()

    async def _lead(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_line = b"\r\nupgrade: websocket" in head.lower()
        first = self.lines_to if is_line else next(self._turn)
        for at in range(first, first + len(self.backends)):
            chosen = at % len(self.backends)
            try:
                to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.backends[chosen])
            except OSError:
                continue
            self.asked.append((chosen, head.split(b" ", 2)[1].decode()))
            to_writer.write(head if is_line else _for_once(head))
            try:
                await asyncio.gather(_pour(reader, to_writer), _pour(to_reader, writer))
            finally:
                to_writer.close()
            return


def _for_once(head: bytes) -> bytes:
    """One request for each connection, so that the next one goes to the next process."""
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(CHUNK):
        target.write(piece)
        await target.drain()
    target.close()


@contextmanager
def balancing(port: int, *backends: int) -> Iterator[Balancer]:
    """Runs in a thread of its own: the test's thread belongs to the browser."""
    balancer, ready = Balancer(port, backends), threading.Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        end, loop = asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(balancer.meet, "127.0.0.1", port)
        ends.append(lambda: loop.call_soon_threadsafe(end.set))
        ready.set()
        await end.wait()
        server.close()  # whatever is still open ends with the loop

    thread = threading.Thread(target=asyncio.run, args=[serve()], name="balancer")
    thread.start()
    try:
        assert ready.wait(START_S)
        yield balancer
    finally:
        for end in ends:
            end()
        thread.join(START_S)

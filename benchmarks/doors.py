"""Doors in processes of their own, as they are served, and a crowd that knocks at them over plain sockets."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from billing_ui.api.app import build
from billing_ui.security.wrap import wrap
from tests.servers import free_port

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
_START_S = 60


def product() -> ASGIApp:
    """The doors for programs with all that is wrapped around them; the jobs are a worker's, as in production."""
    return wrap(build())


@contextmanager
def served(app: str, **environment: str) -> Iterator[int]:
    """Serves an application factory with the server and the settings of `billing-ui serve`. Yields the port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--factory", "--host", HOST, "--port", str(port),
               "--log-level", "warning", "--no-access-log", "--no-server-header"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL)
    try:
        asyncio.run(_answers(port, process))
        yield port
    finally:
        process.terminate()
        process.wait(_START_S)


async def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            _reader, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("the door does not open")


@dataclass(frozen=True, slots=True)
class Knocks:
    """How long each request took, in seconds, how long all took together, and what was not answered with 200."""

    taken: tuple[float, ...]
    seconds: float
    refused: tuple[int, ...]

    @property
    def per_second(self) -> float:
        return len(self.taken) / self.seconds


def knock(port: int, requests: Sequence[bytes], connections: int) -> Knocks:
    """Sends all requests, each connection its share one after the other, and waits for every answer."""
    return asyncio.run(_knock(port, requests, connections))


async def _knock(port: int, requests: Sequence[bytes], connections: int) -> Knocks:
    taken: list[float] = []
    refused: list[int] = []

    async def one(share: Sequence[bytes]) -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        for request in share:
            start = time.perf_counter()
            writer.write(request)
            status = await _status(reader)
            taken.append(time.perf_counter() - start)
            if status != 200:
                refused.append(status)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one(requests[number::connections]) for number in range(connections)))
    return Knocks(tuple(taken), time.perf_counter() - start, tuple(refused))


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split()[1])

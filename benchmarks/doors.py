"""Doors in processes of their own, as they are served."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.infra import memory
from billing_ui.security.wrap import wrap
from tests.servers import free_port

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
_START_S = 60


def product() -> ASGIApp:
    """The doors for programs with all that is wrapped around them; the jobs are a worker's, as in production."""
    return _Settled(wrap(build()))


class _Settled:
    """Starts as the whole product does: the usage writer gets the loop of the doors, and may finish when they shut."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        runtime.env().writer.settle_in()
        memory.set_aside()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await runtime.env().writer.close()
        await send({"type": "lifespan.shutdown.complete"})


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

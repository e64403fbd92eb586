"""The web process of the storms: the doors for programs and the jobs beside them, without the pages."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import Runner
from billing_ui.security.wrap import wrap


@asynccontextmanager
async def beside(_app: FastAPI) -> AsyncIterator[None]:
    env = runtime.env()
    await runtime.run(schedule.arm, env)
    runner = Runner(env, schedule.HANDLERS, f"web-{os.getpid()}")
    runtime.wake_with(env, runner.awaken)
    runner.start()
    yield
    await runtime.run(runner.stop)


if __name__ == "__main__":
    doors = build()
    doors.router.lifespan_context = beside
    uvicorn.run(wrap(doors), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)

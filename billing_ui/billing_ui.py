"""Composition only: the pages, the doors around them, and the one lifespan that starts what runs beside them."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import reflex as rx

from billing_ui import runtime
from billing_ui.api.app import build as build_api
from billing_ui.components import document
from billing_ui.infra import memory
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import Runner
from billing_ui.pages.routes import add_pages
from billing_ui.security import gate, redaction, startup
from billing_ui.security.wrap import wrap
from billing_ui.services.sessions import find_session
from billing_ui.state import live, problem
from billing_ui.web.routes import add_doors

_ASSETS = Path(__file__).parents[1] / "assets"


@asynccontextmanager
async def beside() -> AsyncIterator[None]:
    """Starts what runs beside the pages: live push, and the jobs unless a worker of its own runs them."""
    env = runtime.env()
    env.writer.settle_in()
    live.start(app)
    runner = None
    if env.config.jobs_in_web:
        await runtime.run(schedule.arm, env)
        runner = Runner(env, schedule.HANDLERS, f"web-{socket.gethostname()}-{os.getpid()}")
        runtime.wake_with(env, runner.awaken)
        runner.start()
    memory.set_aside()
    try:
        yield
    finally:
        if runner is not None:
            await runtime.run(runner.stop)
        await env.writer.close()
        await runtime.run(env.signals.close)


def _compose() -> rx.App:
    document.prepare(_ASSETS)
    doors = build_api()
    add_doors(doors)
    made = rx.App(
        stylesheets=document.STYLESHEETS,
        head_components=document.head(),
        html_lang=document.HTML_LANGUAGE,
        app_wraps=document.app_wraps(),
        toaster=None,
        backend_exception_handler=problem.tell,
        api_transformer=[doors, wrap],
    )
    add_pages(made)
    env = runtime.env()
    startup.check(env.config)
    redaction.install(env.config.log_level)
    gate.install(
        made, lambda secret: find_session(runtime.env(), secret), env.clock.steady, is_https=env.config.is_https
    )
    made.register_lifespan_task(beside)
    return made


app = _compose()

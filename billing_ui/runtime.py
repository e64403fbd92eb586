"""Builds the Env once per process, and is the doors' one handle to it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from billing_ui import config as configuration
from billing_ui.catalogues.load import load as load_catalogue
from billing_ui.config import Config, ConfigInvalid, secret
from billing_ui.emails.resend import ResendMailer
from billing_ui.env import Awaken, Env, Failpoint
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.infra.db import Database
from billing_ui.infra.passwords import Passwords
from billing_ui.infra.redis_signals import RedisSignals
from billing_ui.infra.signals import Signals
from billing_ui.kit.clock import Clock, SystemClock
from billing_ui.kit.ids import Ids
from billing_ui.ledger.writer import Writer

_env: Env | None = None
_building = threading.Lock()


class Bell:
    """Wakes whichever job runner this process has; silent while there is none."""

    def __init__(self) -> None:
        self.ring: Awaken | None = None

    def __call__(self, due_at: datetime) -> None:
        if self.ring is not None:
            self.ring(due_at)


def env() -> Env:
    """The Env of this process, built at first use."""
    global _env  # noqa: PLW0603 - one per process, by design
    if _env is None:
        with _building:
            if _env is None:
                _env = build(configuration.load())
    return _env


@contextmanager
def use(other: Env) -> Iterator[Env]:
    """Puts another Env in place for a test, and the old one back."""
    global _env  # noqa: PLW0603
    before, _env = _env, other
    try:
        yield other
    finally:
        _env = before


def close() -> None:
    """The process is about to end: what it published reaches the others first."""
    if _env is not None:
        _env.writer.close_and_wait()
        _env.signals.close()


def wake_with(an_env: Env, awaken: Awaken | None) -> None:
    """The job runner of this process is woken by `awaken` from now on."""
    if isinstance(an_env.awaken, Bell):
        an_env.awaken.ring = awaken


def build(config: Config) -> Env:
    """Everything real. Adapters are imported at start-up, so that the first payment is not the slow one."""
    failpoint, clock, ids = _failpoint(config), SystemClock(), Ids()
    db = Database(config.database_url, failpoint=failpoint)
    catalogue = load_catalogue(config.catalogue, os.environ)
    signals, bell = _signals(config, clock, ids), Bell()
    return Env(
        db=db,
        clock=clock,
        ids=ids,
        catalogue=catalogue,
        gateways={
            "xendit": XenditGateway(
                secret(config.xendit_api_key),
                config.xendit_base_url,
                tuple(
                    token
                    for token in (secret(config.xendit_callback_token), secret(config.xendit_callback_token_next))
                    if token
                ),
                phone_fields={"OVO": config.xendit_ovo_phone_field},
            )
        },
        mailer=ResendMailer(secret(config.resend_api_key), config.resend_base_url, config.mail_from),
        signals=signals,
        writer=Writer(db, clock, catalogue.paid_meter, signals.publish_all, bell),
        passwords=Passwords(),
        failpoint=failpoint,
        awaken=bell,
        config=config,
    )


def _signals(config: Config, clock: Clock, ids: Ids) -> Signals:
    """Between processes when they have a Redis to meet at, else within this one."""
    if not config.redis_url:
        return Signals()
    try:
        return RedisSignals(config.redis_url, clock, ids)
    except ValueError as error:
        raise ConfigInvalid(f"environment variable REDIS_URL: {error}") from None


class _Kill9:
    """Kills this process the n-th time a named point is reached: `BILLING_FAILPOINT=settle.booked:1`, tests only."""

    def __init__(self, name: str, at: int) -> None:
        self._name = name
        self._left = at
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        if name != self._name:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _failpoint(config: Config) -> Failpoint:
    if not (config.billing_testing and config.billing_failpoint) or config.billing_env == "production":
        return lambda _name: None
    name, _, count = config.billing_failpoint.partition(":")
    return _Kill9(name, int(count or 1))


_POOL = ThreadPoolExecutor(max_workers=12, thread_name_prefix="use-case")
_Answer = TypeVar("_Answer")
_Given = ParamSpec("_Given")


async def run(use_case: Callable[_Given, _Answer], *args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
    """How doors call a use case: in a bounded pool of threads, so that nobody else's page waits for the database."""
    context = copy_context()
    call = partial(context.run, use_case, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_POOL, call)

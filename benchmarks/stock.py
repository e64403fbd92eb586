"""A stocked shop for each scenario: ten thousand customers with tokens, on a fresh copy of one prepared database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlmodel import col

from benchmarks import sums
from benchmarks.servers import Postgres
from billing_ui import runtime
from billing_ui.config import Config
from billing_ui.env import Env
from billing_ui.infra.db import migrate
from billing_ui.kit.period import local_day
from billing_ui.ledger.drafting import STATS
from billing_ui.ledger.tables import account_head, entry, lot
from billing_ui.models import Account
from billing_ui.rules.access import Actor, system
from billing_ui.services import plans
from tests import servers

ACCOUNTS = 10_000
TOKENS = 10**12
ZONE = "Asia/Jakarta"
SECRET = "benchmark-secret-of-no-other-use"
HOST = Actor("host:benchmark")
CATALOGUE = str(Path(__file__).parent / "catalogue.toml")
Kind = Literal["sqlite", "pg"]


@dataclass(slots=True)
class Stock:
    """Where databases come from: one template of each kind, made at first use."""

    folder: Path
    server: Postgres | None
    quick: bool
    grown: dict[tuple[str, str], Any] = field(default_factory=dict)
    _templates: dict[Kind, URL] = field(default_factory=dict)

    def template(self, kind: Kind) -> URL:
        if kind not in self._templates:
            self._templates[kind] = self._made(kind)
        return self._templates[kind]

    def _made(self, kind: Kind) -> URL:
        if kind == "sqlite":
            url = make_url(f"sqlite:///{self.folder / 'template.db'}")
        else:
            assert self.server is not None
            url = servers.create_database(self.server.url, f"benchmark_template_{uuid4().hex}")
        migrate(url)
        env = env_of(url)
        _fill(env)
        env.db.dispose()
        return url

    def copy(self, kind: Kind) -> URL:
        """A database of its own, with statistics as they are before the first event."""
        template = self.template(kind)
        if kind == "sqlite":
            file = self.folder / f"{uuid4().hex}.db"
            shutil.copy(str(template.database), file)
            return make_url(f"sqlite:///{file}")
        assert self.server is not None
        url = servers.create_database(self.server.url, f"benchmark_{uuid4().hex}", str(template.database))
        # Where a plan made on empty tables is a trap, every scenario walks into it: they are empty, and known to be.
        with servers.connect(url) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        return url

    def drop(self, url: URL) -> None:
        if url.get_backend_name() == "sqlite":
            for file in self.folder.glob(Path(str(url.database)).name + "*"):
                file.unlink()
        else:
            assert self.server is not None
            servers.drop_database(self.server.url, str(url.database))

    def close(self) -> None:
        for url in (*self._templates.values(), *(each.url for each in self.grown.values())):
            self.drop(url)


@dataclass(frozen=True, slots=True)
class Shop:
    env: Env
    url: URL
    accounts: tuple[int, ...]

    @property
    def conninfo(self) -> str:
        """As libpq wants it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def shop(stock: Stock, kind: Kind, *, by_usage: bool = True) -> Iterator[Shop]:
    """A fresh shop. When the scenario is over its books must be right; those of events only if that is what it did."""
    url = stock.copy(kind)
    try:
        with opened(url) as one:
            yield one
            one.env.writer.close_and_wait()
            if by_usage:
                sums.require(one.env.db)
            else:
                sums.require_whole(one.env.db)
    finally:
        stock.drop(url)


@contextmanager
def opened(url: URL) -> Iterator[Shop]:
    env = env_of(url)
    try:
        with env.db.read() as tx:
            accounts = tuple(tx.scalars(select(account_head.c.account_id).order_by(account_head.c.account_id)))
            if not env.db.is_sqlite and (durability := tx.scalar(text("SHOW synchronous_commit"))) != "on":
                raise RuntimeError(f"synchronous_commit is {durability}: commits would count that wait for no disk")
        yield Shop(env, url, accounts)
    finally:
        env.writer.close_and_wait()
        env.db.dispose()


@contextmanager
def switched(one: Shop, name: str, value: str) -> Iterator[Shop]:
    """The same shop where a setting of the database is another one from the next connection on."""
    with servers.connect(one.url) as connection:
        connection.execute(f'ALTER DATABASE "{one.url.database}" SET {name} = {value}'.encode())
    one.env.db.dispose()
    yield one


def env_of(url: URL) -> Env:
    """The product as a process of its own would build it."""
    return runtime.build(
        Config(
            _env_file=None, billing_env="test", database_url=url.render_as_string(hide_password=False),
            catalogue=CATALOGUE, billing_secret=SecretStr(SECRET),
        )
    )  # fmt: skip


def _fill(env: Env) -> None:
    plans.apply(env, system("benchmark"))
    now = datetime.now(UTC)
    with env.db.begin() as tx:
        plan = plans.default_version(tx, env)
        common = {"zone": ZONE, "currency": "IDR", "language": "id", "created_at": now}
        tx.execute(
            insert(Account),
            [{"public_id": f"acc_{n:026}", "external_id": f"user-{n}", "name": "-", **common} for n in range(ACCOUNTS)],
        )
        ids = list(tx.scalars(select(col(Account.id)).order_by(col(Account.id))))
        head = {
            "seq": 1, "balance": TOKENS, "held": 0, "floor": 0, "access": "open", "plan_version_id": plan.id,
            "period_on": local_day(now, ZONE).replace(day=1), "zone": ZONE, "last_at": now, "version": 0, "windows": {},
            **dict.fromkeys(STATS, 0), "granted": TOKENS,
        }  # fmt: skip
        tx.execute(insert(account_head), [{"account_id": each, **head} for each in ids])
        bundle = {
            "source": "granted", "cause": "fill", "priority": 100, "quantity": TOKENS, "remaining": TOKENS,
            "is_open": True, "is_frozen": False,
        }  # fmt: skip
        tx.execute(insert(lot), [{"account_id": each, "public_id": f"lot_{each:026}", **bundle} for each in ids])
        lots = {row.account_id: row.id for row in tx.execute(select(lot.c.account_id, lot.c.id))}
        first = {
            "seq": 1, "key": "fill", "line": 1, "unit": "TOKEN", "debit": "issued", "credit": "wallet",
            "quantity": TOKENS, "balance_after": TOKENS, "occurred_at": now, "recorded_at": now, "actor": "benchmark",
            "cause": "fill", "request_hash": "0" * 32,
        }  # fmt: skip
        tx.execute(insert(entry), [{"account_id": each, "lot_id": lots[each], **first} for each in ids])

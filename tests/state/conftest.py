"""A world in one database and a tab that shows it; what differs between databases is tested under the services."""

from collections.abc import Iterator

import pytest

from billing_ui.infra.db import Database
from tests.state.tab import Tab, open_tab
from tests.world import World, open_world


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    database = Database(sqlite_url)
    with open_world(database) as opened:
        yield opened
    database.dispose()


@pytest.fixture
def tab(world: World) -> Iterator[Tab]:
    with open_tab(world) as opened:
        yield opened

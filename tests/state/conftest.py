"""A world in one database and a tab that shows it; what differs between databases is tested under the services."""

from collections.abc import Iterator

import pytest

from billing_ui.infra.db import Database
from tests.live_sandbox import Box, running_sandbox
from tests.state.tab import Tab, open_tab
from tests.world import World, open_world


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    database = Database(sqlite_stocked_url)
    with open_world(database) as opened:
        yield opened
    database.dispose()


@pytest.fixture
def tab(world: World) -> Iterator[Tab]:
    with open_tab(world) as opened:
        yield opened


@pytest.fixture(scope="session")
def box() -> Iterator[Box]:
    """A gateway that answers; the webhooks it sends find nobody."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def till(sqlite_stocked_url: str, box: Box) -> Iterator[Tab]:
    """A tab of a world whose gateway can be reached."""
    database = Database(sqlite_stocked_url)
    with open_world(database, box) as opened, open_tab(opened) as tab:
        yield tab
    database.dispose()

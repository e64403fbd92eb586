"""A sandbox for all service tests of one process, and a world on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_ui.infra.db import Database
from tests.live_sandbox import Box, running_sandbox
from tests.world import World, open_world


@pytest.fixture(scope="session")
def running_box() -> Iterator[Box]:
    with running_sandbox(app_url="http://127.0.0.1:9") as box:
        yield box


@pytest.fixture
def box(running_box: Box) -> Box:
    running_box.reset()
    return running_box


@pytest.fixture
def world(stocked_db: Database, box: Box) -> Iterator[World]:
    with open_world(stocked_db, box) as opened:
        yield opened

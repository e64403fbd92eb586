"""A gateway and a world that live by one clock, so that what the gateway dates can be moved with the world."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_ui.infra.db import Database
from billing_ui.kit.clock import Clock
from billing_ui.sandbox.clock import real_clock
from tests.live_sandbox import Box, running_sandbox
from tests.world import World, open_world


@pytest.fixture
def clocks() -> list[Clock]:
    return []


@pytest.fixture
def box(clocks: list[Clock]) -> Iterator[Box]:
    with running_sandbox(clock=lambda: clocks[0].now() if clocks else real_clock()) as running:
        yield running


@pytest.fixture
def world(stocked_db: Database, box: Box, clocks: list[Clock]) -> Iterator[World]:
    with open_world(stocked_db, box) as opened:
        clocks.append(opened.clock)
        yield opened

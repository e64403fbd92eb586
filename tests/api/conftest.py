"""The doors over a world: the same application that is served, without the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.security.wrap import wrap
from tests.services.conftest import box, running_box, world
from tests.world import World

__all__ = ["box", "running_box", "world"]


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with runtime.use(world.env), TestClient(wrap(build()), raise_server_exceptions=False) as opened:
        yield opened

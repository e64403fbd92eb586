"""A desk that sells papers, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from billing_ui.client import AsyncBilling, Billing
from billing_ui.infra.db import Database
from tests.client.desk import Desk, open_desk
from tests.services.conftest import box, running_box

__all__ = ["box", "running_box"]


@pytest.fixture
def desk(stocked_db: Database) -> Iterator[Desk]:
    """Nothing here asks a gateway."""
    with open_desk(stocked_db) as opened:
        yield opened


@pytest.fixture
def billing(desk: Desk) -> Iterator[Billing]:
    with desk.billing() as opened:
        yield opened


@pytest_asyncio.fixture
async def async_billing(desk: Desk) -> AsyncIterator[AsyncBilling]:
    async with desk.async_billing() as opened:
        yield opened

"""A sandbox spoken to over HTTP by the real SDKs, as new for each test."""

from collections.abc import Iterator

import pytest

from billing_ui.gateways.xendit import XenditGateway
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box, running_sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Box]:
    with running_sandbox() as box:
        yield box


@pytest.fixture
def box(running: Box) -> Box:
    running.reset()
    return running


@pytest.fixture
def gateway(box: Box) -> XenditGateway:
    return XenditGateway(API_KEY, box.xendit_url, (CALLBACK_TOKEN,), timeout_s=(1.0, 0.5))

"""A running sandbox, an app that listens to it, and the real SDKs pointed at both."""

from collections.abc import Iterator

import pytest

from tests.live_sandbox import Box, running_sandbox
from tests.sandbox.receiver import Receiver, receiving
from tests.sandbox.xendit_client import XenditClient


@pytest.fixture(scope="module")
def app() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def running(app: Receiver) -> Iterator[Box]:
    with running_sandbox(app.url) as box:
        yield box


@pytest.fixture
def box(running: Box, app: Receiver) -> Box:
    """The module's sandbox, as new."""
    running.reset()
    app.clear()
    return running


@pytest.fixture
def xendit(box: Box) -> XenditClient:
    return XenditClient(box.xendit_url)

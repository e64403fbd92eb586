"""Who may speak to a sandbox, and which starts it refuses."""

import os
import signal
import subprocess
import sys
from typing import Any

import httpx
import pytest

from billing_ui.sandbox.app import build, close
from billing_ui.sandbox.settings import Settings, UnsafeStartError, refuse_unsafe
from tests.live_sandbox import Box, free_port
from tests.sandbox.xendit_client import XenditClient

FOREIGN = [
    {"Origin": "https://evil.test"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "null"},
    {"Host": "evil.test"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ["/_sim/payments/top_a/pay", "/_sim/reset", "/_sim/switches", "/switches", "/reset"])
def test_foreign_pages_and_names_are_refused(
    xendit: XenditClient, box: Box, headers: dict[str, str], path: str
) -> None:
    xendit.create("top_a")
    assert box.call("POST", path, {}, headers).status == 403
    assert box.payment("top_a")["status"] == "REQUIRES_ACTION"


@pytest.mark.parametrize("path", ["/_sim/inbox", "/_sim/health", "/_sim/payments/top_a"])
def test_foreign_pages_read_nothing(box: Box, path: str) -> None:
    assert box.call("GET", path, headers={"Origin": "https://evil.test"}).status == 403


@pytest.mark.parametrize("path", ["/switches", "/reset", "/phone/pr-1/pay"])
def test_a_form_without_a_page_is_refused(box: Box, path: str) -> None:
    assert box.call("POST", path, {}).status == 403


def test_the_sandboxes_own_pages_may_use_the_control_api(box: Box) -> None:
    assert box.call("POST", "/_sim/reset", headers={"Origin": box.url}).status == 200


@pytest.mark.parametrize("peer", ["192.168.1.7", "10.0.0.1", "testclient"])
async def test_peers_from_elsewhere_are_refused(peer: str) -> None:
    app = build(Settings())
    transport = httpx.ASGITransport(app, client=(peer, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/_sim/health")).status_code == 403
    await close(app.state.world)


@pytest.mark.parametrize(
    ("settings", "environ", "word"),
    [
        ({}, {"ENV": "production"}, "production"),
        ({}, {"ENV": "Production"}, "production"),
        ({"environment": "production"}, {}, "production"),
        ({"host": "192.168.1.7"}, {}, "loopback"),
        ({"host": "shop.test"}, {}, "loopback"),
        ({"app_url": "https://shop.test"}, {}, "loopback"),
    ],
)
def test_an_unsafe_start_is_refused_in_one_sentence(
    settings: dict[str, Any], environ: dict[str, str], word: str
) -> None:
    with pytest.raises(UnsafeStartError, match=word):
        refuse_unsafe(Settings(**settings), environ)


def test_a_plain_start_is_safe() -> None:
    assert refuse_unsafe(Settings(), {"ENV": "development"}) is None
    assert refuse_unsafe(Settings(host="::1", app_url="http://localhost:3000"), {}) is None


def test_the_process_refuses_production_with_an_exit_code() -> None:
    done = _start(0, ENV="production")
    assert done.wait(20) == 2
    assert done.stderr is not None
    assert "ENV=production" in done.stderr.read()
    done.communicate()


def test_the_process_starts_answers_and_ends_when_asked() -> None:
    listener, port = free_port()
    listener.close()
    process = _start(port)
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/_sim/health").json()["ok"] is True
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert process.returncode in {0, -signal.SIGTERM}


def _start(port: int, **environ: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "billing_ui.sandbox", "--port", str(port), "--callback-token", "t"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ENV": "development", **environ},
    )

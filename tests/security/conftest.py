"""The gated app as a process of its own, once with the memory and once with the Redis state manager."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests import servers

ROOT = Path(__file__).parents[2]
START_S = 120  # measured on a machine with ten other things to do: 39
RXCONFIG = """
import os
import reflex as rx
config = rx.Config(
    app_name="gated", app_module_import="tests.security.gated_app", telemetry_enabled=False, plugins=[],
    disable_plugins=[rx.plugins.SitemapPlugin], cors_allowed_origins=(os.environ["ORIGIN"],),
    state_manager_mode=rx.constants.StateManagerMode(os.environ["STATES"]),
)
"""


@dataclass(frozen=True)
class GatedServer:
    url: str
    states: str
    log: Path

    def said(self) -> str:
        return self.log.read_text()


def start(folder: Path, states: str, redis: str | None) -> tuple[GatedServer, "subprocess.Popen[bytes]"]:
    (folder / "rxconfig.py").write_text(RXCONFIG)
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{ROOT}",
        "__REFLEX_SKIP_COMPILE": "true",
        "STATES": states,
        "ORIGIN": url,
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }
    environment.pop("REFLEX_REDIS_URL", None)
    environment.pop("REDIS_URL", None)
    if redis is not None:
        environment["REFLEX_REDIS_URL"] = redis
    log = folder / "server.log"
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.security.gated_app:app", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/ping", timeout=1):
                return GatedServer(url, states, log), process
        except (URLError, OSError):
            time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"the gated app does not start:\n{log.read_text()}")


@pytest.fixture(scope="package", params=["memory", "redis"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatedServer]:
    redis = request.getfixturevalue("redis_server") if request.param == "redis" else None
    running, process = start(tmp_path_factory.mktemp(f"gated-{request.param}"), request.param, redis)
    yield running
    process.terminate()
    process.wait(20)

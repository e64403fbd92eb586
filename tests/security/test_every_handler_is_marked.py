"""The registries of the small app and of the real one, handler by handler: what has no policy is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.security.conftest import ROOT, GatedServer
from tests.security.raw_socket import RawSocket

FRAMEWORK = {
    "hydrate", "hydrate_and_load", "set_is_hydrated", "on_load_internal", "update_vars_internal",
    "handle_frontend_exception",
}  # fmt: skip


def registry(module: str, folder: Path, app_name: str = "gated") -> list[dict[str, Any]]:
    """What the app registers, asked in a process of its own."""
    (folder / "rxconfig.py").write_text(
        f"import reflex as rx\nconfig = rx.Config(app_name={app_name!r}, telemetry_enabled=False, plugins=[],"
        " disable_plugins=[rx.plugins.SitemapPlugin], state_manager_mode=rx.constants.StateManagerMode.MEMORY)\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{ROOT}",
        "DATABASE_URL": f"sqlite:///{folder}/billing.db",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }
    environment.pop("REDIS_URL", None)
    told = subprocess.run(
        [sys.executable, "-m", "tests.security.registry", module],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    listed: list[dict[str, Any]] = json.loads(told.stdout[told.stdout.index("[{") :])
    return listed


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return registry("billing_ui.billing_ui", tmp_path_factory.mktemp("real"), "billing_ui")


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return registry("tests.security.gated_app", tmp_path_factory.mktemp("gated"))


def test_every_handler_of_ours_has_a_policy_and_takes_plain_arguments_only(real: list[dict[str, Any]]) -> None:
    ours = [one for one in real if one["is_ours"]]
    assert len(ours) >= 5
    assert [one["name"] for one in ours if one["audience"] is None or not one["is_plain"]] == []


def test_the_desk_opens_for_operators_only_and_money_moves_for_finance_only(real: list[dict[str, Any]]) -> None:
    desk = [one for one in real if one["room"].startswith("billing_ui.state.admin_")]
    for_all = [one["name"].rpartition("____")[2] for one in desk if one["audience"] != "operator"]
    # Whoever is no operator must be told so; this handler does nothing else.
    assert for_all == ["admin_desk.enter"]
    assert [one["name"] for one in desk if one["audience"] == "operator" and one["permission"] is None] == []
    needs = {one["name"].rpartition("____")[2]: one["permission"] for one in desk}
    finance = {"admin_payment.show_body", *(name for name in needs if name.startswith("admin_resolve."))}
    finance -= {"admin_resolve.close"}
    assert {needs[name] for name in finance} == {"payments.resolve"}
    keys = {name for name in needs if name.startswith("admin_key")} - {
        f"{dialog}.{act}" for dialog in ("admin_key_new", "admin_key_end") for act in ("write", "close")
    }  # fmt: skip
    assert len(keys) >= 9 and {needs[name] for name in keys} == {"keys.manage"}
    assert {needs["admin_payment.recheck"], needs["admin_payment.replay"]} == {"payments.recheck"}


def test_nothing_of_the_framework_carries_a_policy_of_ours(real: list[dict[str, Any]]) -> None:
    assert [one["name"] for one in real if not one["is_ours"] and one["audience"] is not None] == []


def test_no_page_offers_uploads(real: list[dict[str, Any]]) -> None:
    assert [one["name"] for one in real if "upload" in one["name"]] == []


@pytest.mark.parametrize("name", ["", "admin"])
def test_every_registered_handler_without_a_policy_is_refused(
    server: GatedServer, name: str, gated: list[dict[str, Any]]
) -> None:
    bare = [one for one in gated if one["audience"] is None and one["name"].rpartition(".")[2] not in FRAMEWORK]
    assert len(bare) >= 10
    cookie = f"billing_session={'x' * 52}" if name else ""
    with RawSocket(server.url, uuid4().hex, cookie) as socket:
        before = dict(socket.settle(quiet_s=1))
        heard, said = len(socket.seen), len(server.said())
        for one in bare:
            for payload in ({}, dict.fromkeys(one["arguments"], 1)):
                socket.emit(one["name"], payload)
        # A busy machine falls silent in the middle: the log is complete when it names all of them.
        patience = time.monotonic() + 30
        while (left := unnamed(bare, server.said()[said:])) and time.monotonic() < patience:
            time.sleep(0.1)
        assert left == []
        assert socket.settle() == before
        assert [frame for frame in socket.seen[heard:] if frame.startswith("42")] == []


def unnamed(handlers: list[dict[str, Any]], log: str) -> list[str]:
    return [one["name"] for one in handlers if f"refused event {one['name']}:" not in log]

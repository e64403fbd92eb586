"""The demo: what may be chosen, what it tells, what it refuses, and that nothing of it is left behind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from billing_ui.cli import demo_stack, demo_story
from billing_ui.cli.children import Child, Children
from billing_ui.cli.demo_stack import CannotStartError
from billing_ui.cli.demo_wishes import Wishes, wishes
from billing_ui.cli.frontend import ROOT
from tests.servers import free_port

PERSON = {
    "role": "customer",
    "email": "budi@demo.billing.test",
    "password": "Kertas-dan-Pinus-1",
    "account": "acc_1",
    "external_id": "host-1",
    "plan": "bpp",
    "balance": 512_000,
}
SLEEPER = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "


def chosen(folder: Path, **environment: str) -> Wishes:
    return wishes({"DEMO_DIR": str(folder), **environment})


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(what: str, holds: object) -> None:
    assert callable(holds)
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_without_wishes_the_demo_is_makalah_on_port_3000_with_a_file_of_its_own(tmp_path: Path) -> None:
    wished = chosen(tmp_path)
    assert (wished.catalogue, wished.app_url, wished.sandbox_url, wished.redis_url) == (
        "makalah", "http://127.0.0.1:3000", "http://127.0.0.1:4010", None,
    )  # fmt: skip
    assert wished.database_url == f"sqlite:///{tmp_path}/makalah.db"


def test_every_wish_is_honoured(tmp_path: Path) -> None:
    wished = chosen(
        tmp_path,
        PORT="3100",
        SANDBOX_PORT="3200",
        CATALOGUE="studio",
        DATABASE_URL="postgresql:///x",
        REDIS_URL="redis://h",
    )
    told = demo_stack.environment(wished)
    assert told["PUBLIC_URL"] == "http://127.0.0.1:3100"
    assert told["XENDIT_BASE_URL"] == "http://127.0.0.1:3200/xendit"
    assert (told["CATALOGUE"], told["DATABASE_URL"], told["REDIS_URL"]) == ("studio", "postgresql:///x", "redis://h")


def test_a_redis_that_nobody_wished_for_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert "REDIS_URL" not in demo_stack.environment(chosen(tmp_path))


@pytest.mark.parametrize("port", ["0", "65536", "-1", "three", "3000.5"])
def test_a_port_that_is_none_is_refused_in_one_sentence(tmp_path: Path, port: str) -> None:
    with pytest.raises(CannotStartError, match=f"PORT={port} is no port"):
        chosen(tmp_path, PORT=port)


def test_a_taken_port_is_named_with_the_variable_that_changes_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStartError, match=rf"port {port} is in use .* choose another with SANDBOX_PORT="):
            demo_stack.refuse_taken("SANDBOX_PORT", port)
    demo_stack.refuse_taken("SANDBOX_PORT", port)


def test_the_demo_ends_at_a_taken_port_with_one_sentence_and_no_stale_facts(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        environment = {**os.environ, "PORT": str(other.getsockname()[1]), "DEMO_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "billing_ui.cli.main", "demo"]
        ended = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "choose another with PORT=" in ended.stderr
    assert not (tmp_path / "demo.json").exists()


def test_an_unknown_catalogue_ends_the_demo_with_one_sentence(tmp_path: Path) -> None:
    environment = {
        **os.environ, "CATALOGUE": "nowhere", "DEMO_DIR": str(tmp_path),
        "PORT": str(free_port()), "SANDBOX_PORT": str(free_port()),
    }  # fmt: skip
    command = [sys.executable, "-m", "billing_ui.cli.main", "demo"]
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "'nowhere'" in ended.stderr


def test_secrets_are_kept_for_the_next_start_and_read_by_their_owner_only(tmp_path: Path) -> None:
    first = demo_stack.environment(chosen(tmp_path))
    again = demo_stack.environment(chosen(tmp_path))
    assert first["BILLING_SECRET"] == again["BILLING_SECRET"] != ""
    assert first["XENDIT_CALLBACK_TOKEN"] == again["XENDIT_CALLBACK_TOKEN"] != first["BILLING_SECRET"]
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_facts_have_exactly_the_promised_shape(tmp_path: Path) -> None:
    wished = chosen(tmp_path, PORT="3100")
    facts = demo_story.facts(wished, {"BILLING_SECRET": "bsk"}, "IDR", [PERSON])
    path = tmp_path / "demo.json"
    demo_story.write(path, facts)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "schema": 1,
        "catalogue": "makalah",
        "currency": "IDR",
        "app_url": "http://127.0.0.1:3100",
        "sandbox_url": "http://127.0.0.1:4010",
        "inbox_url": "http://127.0.0.1:4010/inbox",
        "billing_secret": "bsk",
        "users": [PERSON],
    }
    assert [left.name for left in tmp_path.iterdir()] == ["demo.json"]


def test_the_block_tells_addresses_and_a_sign_in(tmp_path: Path) -> None:
    block = demo_story.block(demo_story.facts(chosen(tmp_path), {"BILLING_SECRET": "bsk"}, "IDR", [PERSON]))
    for part in ("http://127.0.0.1:3000", "http://127.0.0.1:4010/inbox", PERSON["email"], PERSON["password"]):
        assert str(part) in block
    assert "bsk" not in block


def started(folder: Path, code: str) -> tuple[Children, Child]:
    children = Children(folder)
    return children, children.start("sleeper", [sys.executable, "-c", code], os.environ, ROOT)


def test_ending_takes_grandchildren_along(tmp_path: Path) -> None:
    children, child = started(tmp_path, SLEEPER + "print('ready', flush=True); time.sleep(60)")
    wait_until("started", lambda: "ready" in child.last_words())
    assert alive(child.process.pid)
    children.end()
    wait_until("the whole group has ended", lambda: not alive(child.process.pid))
    children.end()


def test_a_child_that_ignores_a_polite_end_is_ended_anyway(tmp_path: Path) -> None:
    children, child = started(
        tmp_path, "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    wait_until("started", lambda: "deaf" in child.last_words())
    children.end(patience_s=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_falls_is_noticed_with_its_last_words(tmp_path: Path) -> None:
    children, child = started(tmp_path, "raise SystemExit('no paper left')")
    wait_until("fallen", lambda: children.fallen() is child)
    assert child.last_words() == "no paper left"
    children.end()


def test_a_child_follows_a_parent_that_was_killed(tmp_path: Path) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    parent = (
        "import os, time; from pathlib import Path; from billing_ui.cli.children import Children\n"
        f"child = Children(Path({str(tmp_path)!r})).start('c', {sleeper!r}, os.environ, Path('.'))\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    group = int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    wait_until("the child has followed", lambda: not alive(group))

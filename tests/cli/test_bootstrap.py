"""Making the environment: what is installed when, told on a copy that installs nothing."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from billing_ui.cli import bootstrap

PYTHON_THAT_TELLS = """#!/bin/sh
echo "$@" >> {log}
case "$2" in uv) test ! -e {log}.uv-fails ;; esac
"""
BY_HASH = "pip install --require-hashes --requirement requirements.lock"


@dataclass
class Machine:
    """A house with locks, and an environment whose Python only writes down what it is asked."""

    root: Path

    @property
    def log(self) -> Path:
        return self.root / "asked"

    def asked(self) -> list[str]:
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line for line in lines if " install " in line]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for name in (bootstrap.BUILD_LOCK, *bootstrap.LOCKS.values(), "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    told = Machine(tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON_THAT_TELLS.format(log=told.log), encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", python)
    return told


def test_the_lock_is_installed_by_hash_and_then_the_project_without_dependencies(machine: Machine) -> None:
    bootstrap.ensure_packages("run")
    first, second = machine.asked()
    assert first == f"-m uv {BY_HASH} --python {bootstrap.PYTHON}"
    assert "--no-deps --no-build-isolation --editable ." in second


def test_the_second_time_nothing_is_installed(machine: Machine) -> None:
    bootstrap.ensure_packages("test")
    assert machine.asked()
    bootstrap.ensure_packages("test")
    bootstrap.ensure_packages("run")
    assert machine.asked() == []


def test_a_changed_lock_is_installed_again(machine: Machine) -> None:
    bootstrap.ensure_packages("run")
    machine.asked()
    (machine.root / "requirements.lock").write_text("changed", encoding="utf-8")
    bootstrap.ensure_packages("run")
    assert machine.asked()


def test_pip_takes_over_where_uv_does_not_manage(machine: Machine) -> None:
    machine.log.with_name("asked.uv-fails").touch()
    bootstrap.ensure_packages("run")
    assert f"-m pip --disable-pip-version-check {BY_HASH.removeprefix('pip ')}" in machine.asked()


def test_an_old_python_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        bootstrap.ensure_environment()


def test_an_unknown_profile_is_refused_in_one_sentence() -> None:
    with pytest.raises(SystemExit, match="unknown profile 'everything'"):
        bootstrap.main(["everything"])


def test_it_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-I", "-S", bootstrap.__file__, "everything"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (
        1,
        "billing-ui: unknown profile 'everything'; say run, check, test or lock.\n",
    )

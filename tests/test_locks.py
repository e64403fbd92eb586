"""Locks name packages, versions and hashes; no lock, dependency or build file names a host."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
ADDRESS = re.compile(r"\b(?:https?|git|ssh|file|ftp)(?:\+\w+)?://|--(?:extra-)?index-url|--find-links|\bgit\+|@ ")
JS_LOCK = ROOT / "reflex.lock" / "package-lock.json"


def pins(name: str) -> dict[str, str]:
    found = re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
    )
    return dict(found)


@pytest.mark.parametrize("name", [*LOCKS, "Makefile", ".ci/run"])
def test_no_host_is_named(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if ADDRESS.search(line)] == []


def test_no_dependency_names_a_host() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        wanted += group
    assert wanted
    assert [line for line in wanted if ADDRESS.search(line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_package_has_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    assert [line.split()[0] for line in lines if "==" not in line.split()[0]] == []
    assert [line.split()[0] for line in lines if "--hash=sha256:" not in line] == []


def test_the_locks_agree_with_each_other() -> None:
    run, develop, build = map(pins, LOCKS)
    assert {name: (version, develop.get(name)) for name, version in run.items() if develop.get(name) != version} == {}
    shared = set(build) & set(develop)
    assert {name for name in shared if build[name] != develop[name]} == set()


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=!~; ]", line)[0] for line in requirements}

    extras = [line for group in project["project"]["optional-dependencies"].values() for line in group]
    assert names(project["project"]["dependencies"] + extras) <= set(pins("requirements.lock"))
    groups = project["dependency-groups"]
    assert names(groups["test"] + groups["tools"]) <= set(pins("requirements-dev.lock"))
    assert names(groups["build"]) <= set(pins("requirements-build.lock"))


def test_the_javascript_lock_names_no_host() -> None:
    for path in sorted(JS_LOCK.parent.iterdir()):
        assert not re.search(r"\b\w+://", path.read_text(encoding="utf-8")), path.name


def test_every_javascript_package_has_a_hash() -> None:
    packages = json.loads(JS_LOCK.read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 50
    bundled = [
        name for name, facts in packages.items() if name and "integrity" not in facts and not facts.get("inBundle")
    ]
    assert bundled == []


def test_heavy_interface_kits_stay_out_of_the_build() -> None:
    packages = JS_LOCK.read_text(encoding="utf-8")
    assert [name for name in ("@radix-ui/themes", "plotly.js", "moment") if f'"node_modules/{name}"' in packages] == []

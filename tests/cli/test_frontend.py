"""Building the pages: when, with which Node, and what the build leaves in the lock."""

import json
import subprocess
from pathlib import Path

import pytest

import rxconfig
from billing_ui.cli import frontend


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of what pages are made of."""
    for name, text in (("billing_ui/pages/topup.py", "a"), ("billing_ui/cli/x.py", "b"), ("assets/ui.js", "c")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "rxconfig.py").write_text("d", encoding="utf-8")
    monkeypatch.setattr(frontend, "ROOT", tmp_path)
    return tmp_path


def fingerprint(catalogue: str = "makalah") -> str:
    return frontend.fingerprint(catalogue)


@pytest.mark.parametrize("name", ["billing_ui/pages/topup.py", "assets/ui.js", "rxconfig.py"])
def test_a_change_of_what_shows_asks_for_a_build(house: Path, name: str) -> None:
    before = fingerprint()
    (house / name).write_text("changed", encoding="utf-8")
    assert fingerprint() != before


def test_another_catalogue_asks_for_a_build(house: Path) -> None:
    assert fingerprint("makalah") != fingerprint("studio")


@pytest.mark.parametrize("name", ["billing_ui/cli/x.py", "billing_ui/sandbox/y.py", "billing_ui/__pycache__/z.pyc"])
def test_a_change_of_what_never_shows_asks_for_none(house: Path, name: str) -> None:
    before = fingerprint()
    (house / name).parent.mkdir(parents=True, exist_ok=True)
    (house / name).write_text("changed", encoding="utf-8")
    assert fingerprint() == before


def test_the_tidied_lock_keeps_hashes_and_loses_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "package-lock.json"
    package = {
        "version": "1.0.0",
        "integrity": "sha512-x",
        "resolved": "https://a/b.tgz",
        "funding": {"url": "https://c"},
    }
    path.write_text(json.dumps({"packages": {"node_modules/x": package}}), encoding="utf-8")
    monkeypatch.setattr(frontend, "JS_LOCKS", (path, tmp_path / "missing.json"))
    frontend.tidy_js_lock()
    once = path.read_text(encoding="utf-8")
    assert json.loads(once)["packages"]["node_modules/x"] == {"version": "1.0.0", "integrity": "sha512-x"}
    frontend.tidy_js_lock()
    assert path.read_text(encoding="utf-8") == once


@pytest.mark.parametrize("program", ["node", "npm"])
def test_node_and_npm_come_from_the_environment_itself(program: str) -> None:
    folder = frontend.node_folder()
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder)}
    ran = subprocess.run([folder / program, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip().removeprefix("v")[0].isdigit()


def test_the_built_pages_talk_to_the_host_they_came_from(tmp_path: Path) -> None:
    script = tmp_path / "assets" / "reflex-env-abc.js"
    script.parent.mkdir()
    script.write_text("var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`}", encoding="utf-8")
    rxconfig.SameOrigin().post_build(static_dir=tmp_path)
    assert script.read_text(encoding="utf-8") == (
        'var e={PING:`${location.origin}/ping`,EVENT:`${location.origin.replace("http","ws")}/_event`}'
    )


def test_a_build_without_addresses_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no backend address"):
        rxconfig.SameOrigin().post_build(static_dir=tmp_path)


def test_on_loopback_both_names_of_the_machine_may_connect_and_elsewhere_only_the_given_one() -> None:
    assert rxconfig.origins("http://127.0.0.1:3000") == ("http://127.0.0.1:3000", "http://localhost:3000")
    assert rxconfig.origins("https://billing.example.test") == ("https://billing.example.test",)

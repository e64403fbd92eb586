"""Where figures were measured, and whether the machine was quiet: what disk and idle loop take, before and after."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

_PACKAGES = ("sqlalchemy", "psycopg", "sqlmodel", "uvicorn", "reflex")
_FSYNCS, _PAGE = 60, b"\0" * 8192


@dataclass(frozen=True, slots=True)
class Probe:
    """One look: the median of a durable 8 kB write, a fixed piece of counting, and who else was at work."""

    fsync_ms: float
    counting_ms: float
    load: float


def probe(folder: Path) -> Probe:
    return Probe(round(_fsync_ms(folder), 3), round(_counting_ms(), 2), round(os.getloadavg()[0], 2))


def _fsync_ms(folder: Path) -> float:
    taken = []
    file = folder / "fsync"
    handle = os.open(file, os.O_CREAT | os.O_WRONLY)
    for _ in range(_FSYNCS):
        start = time.perf_counter()
        os.pwrite(handle, _PAGE, 0)
        os.fsync(handle)
        taken.append(time.perf_counter() - start)
    os.close(handle)
    file.unlink()
    return median(taken) * 1000


def _counting_ms() -> float:
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        sum(range(500_000))
        taken.append(time.perf_counter() - start)
    return median(taken) * 1000


def noise(before: Probe, after: Probe) -> str:
    """Why figures are not to be trusted, or nothing."""
    told = []
    if not 0.5 <= after.fsync_ms / before.fsync_ms <= 2:
        told.append(f"a write to the disk took {before.fsync_ms} ms before and {after.fsync_ms} ms after")
    if abs(after.counting_ms / before.counting_ms - 1) > 0.15:
        told.append(f"the same counting took {before.counting_ms} ms before and {after.counting_ms} ms after")
    if before.load > 0.7 * (os.cpu_count() or 1):
        told.append(f"others were at work when it began (load {before.load})")
    return "; ".join(told)


def facts() -> dict[str, str]:
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {_processor()}, {round(psutil.virtual_memory().total / 2**30)} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parent,
    )  # fmt: skip
    return told.stdout.strip() or "unknown"

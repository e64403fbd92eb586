"""Child processes of the demo: started together, ended together, none left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

GOODBYE_S = 5.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Child:
    """A program that runs beside us, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 25) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


@dataclass
class Children:
    """Keeps the ones that were started; ending is safe to ask for twice."""

    folder: Path
    started: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> Child:
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_follow_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
            )
        child = Child(name, process, log)
        self.started.append(child)
        return child

    def fallen(self) -> Child | None:
        """The first child that has ended by itself, if any."""
        return next((child for child in self.started if child.process.poll() is not None), None)

    def end(self, patience_s: float = GOODBYE_S) -> None:
        """Asks every process group to stop, waits a little, then insists."""
        for child in reversed(self.started):
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        for child in reversed(self.started):
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)
                child.process.wait()
            _signal_group(child, signal.SIGKILL)  # grandchildren that outlived their parent
        self.started.clear()


def _signal_group(child: Child, number: signal.Signals) -> None:
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def _follow_parent() -> None:
    """Linux ends the child even when the demo is killed in a way it cannot answer."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

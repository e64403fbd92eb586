"""The reference driven by pgbench, the cheapest client there is: so many connections, one statement at a time each."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from benchmarks.callers import LEAD, Window
from benchmarks.reference.raw_cte import instants_by_name, statement
from benchmarks.samples import Sample
from benchmarks.traffic import MODELS, OPERATIONS, REPEATED_PERCENT

_OPTIONS = "-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=on"
_turns = count(1)

# One in twenty is the last event once more. Operation and model are drawn by number.
_TRAFFIC = r"""\set new random(1, 100)
\if :n = 0 or :new > {repeated}
\set n :n + 1
\set a random(:first, :last)
\endif
\set i random(1, 2000)
\set o random(1, 1000)
\set q :i + :o
\set stripe :client_id % 16
\set op random(1, {operations})
\set m random(1, {models})
\set s random(1, 1000)
"""


def script(told: str = "", repeated: int = REPEATED_PERCENT) -> str:
    """Names that the statement needs as text are put together by the server."""
    told = told or statement(":{}")
    words = {
        "e": f"concat('bench-', {_text('turn')}, '-', {_text('client_id')}, '-', {_text('n')})",
        "ss": f"concat('s', {_text('s')})",
        "op": _one_of("op", OPERATIONS), "m": _one_of("m", MODELS),
    }  # fmt: skip
    for name, word in words.items():
        told = re.sub(rf"CAST\(:{name} AS text\)", word, told)
    return (
        _TRAFFIC.format(operations=len(OPERATIONS), models=len(MODELS), repeated=repeated)
        + " ".join(told.split())
        + ";\n"
    )


def _text(name: str) -> str:
    return f"CAST(:{name} AS text)"


def _one_of(name: str, words: tuple[str, ...]) -> str:
    return f"(CAST('{{{','.join(words)}}}' AS text[]))[:{name}]"


class Pgbench:
    """`pgbench -M prepared` on a shop's database."""

    def __init__(
        self, program: str, conninfo: str, accounts: tuple[int, ...], folder: Path, written: str | None = None
    ) -> None:
        self._program, self._conninfo = program, conninfo
        self._first, self._last, self._folder = min(accounts), max(accounts), folder
        with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=folder, delete=False) as file:
            file.write(written or script())
        self._file = file.name

    def run(self, clients: int, seconds: float) -> Sample:
        """Whole seconds only, on connections of its own; their start, when each plans the statement, does not count."""
        counted = max(1, round(seconds))
        told = {"turn": next(_turns), "n": 0, "a": 0, "first": self._first, "last": self._last, **instants_by_name()}
        values = [f"-D{name}={value}" for name, value in told.items()]
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="pgbench-") as logs:
            command = [self._program, "-n", "-M", "prepared", "-T", str(counted), "-c", str(clients),
                       "-j", "2" if clients > 1 else "1", "-l", f"--log-prefix={logs}/log", "-f", self._file, *values,
                       self._conninfo]  # fmt: skip
            ended = subprocess.run(
                command, env=os.environ | {"PGOPTIONS": _OPTIONS}, capture_output=True, text=True, check=False,
                timeout=300,
            )  # fmt: skip
            if ended.returncode:
                raise RuntimeError(f"pgbench: {ended.stderr[-600:]}")
            return sample_of([line for file in Path(logs).iterdir() for line in file.read_text().splitlines()], counted)


def sample_of(log: Iterable[str], seconds: int) -> Sample:
    """Out of the log of pgbench: a line for each transaction that ended, with how long it took and when that was."""
    asked = []
    for line in log:
        _client, _number, micros, _script, at, past = line.split()[:6]
        took = int(micros) / 1e6
        asked.append((int(at) + int(past) / 1e6 - took, took))
    start = min(at for at, _took in asked)
    return Window(start + LEAD * seconds, start + seconds).sample(asked)

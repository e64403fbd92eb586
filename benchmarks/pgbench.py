"""The reference driven by pgbench, the cheapest client there is: so many connections, one statement at a time each."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from itertools import count
from pathlib import Path

from benchmarks.reference.raw_cte import instants_by_name, statement
from benchmarks.samples import Sample
from benchmarks.traffic import MODELS, OPERATIONS, REPEATED_PERCENT

_PROGRESS = re.compile(r"progress: ([\d.]+) s, ([\d.]+) tps")
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
        self._first, self._last = min(accounts), max(accounts)
        with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=folder, delete=False) as file:
            file.write(written or script())
        self._file = file.name

    def run(self, clients: int, seconds: float) -> Sample:
        """The first second is for connecting and planning, and does not count."""
        counted = max(1, round(seconds))
        told = {"turn": next(_turns), "n": 0, "a": 0, "first": self._first, "last": self._last, **instants_by_name()}
        values = [f"-D{name}={value}" for name, value in told.items()]
        command = [self._program, "-n", "-M", "prepared", "-P", "1", "-T", str(counted + 1), "-c", str(clients),
                   "-j", "2" if clients > 1 else "1", "-f", self._file, *values, self._conninfo]  # fmt: skip
        options = "-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=on"
        ended = subprocess.run(
            command, env=os.environ | {"PGOPTIONS": options}, capture_output=True, text=True, check=False, timeout=300
        )
        turns = [float(tps) for at, tps in _PROGRESS.findall(ended.stderr) if float(at) > 1.5]
        if ended.returncode or not turns:
            raise RuntimeError(f"pgbench: {ended.stderr[-600:]}")
        return Sample(operations=round(sum(turns)), seconds=float(len(turns)))

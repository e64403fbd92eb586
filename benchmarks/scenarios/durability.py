"""Whatever dies, what was acknowledged stays and is there once: `kill -9` of the writer, a crash of PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from benchmarks import sums
from benchmarks.doors import ROOT
from benchmarks.dying import PREFIX, tokens
from benchmarks.samples import Sample, Variant
from benchmarks.stock import Kind, Shop, Stock, shop

NAME = "durability"
TITLE = "kill -9 of the writer and crashes of the database under 64 callers"
DATABASES: tuple[Kind, ...] = ("pg", "sqlite")
ROUNDS = 1
_LOAD_S, _START_S = 1.0, 60


class _Told:
    """A process under load, and what it has said was acknowledged."""

    def __init__(self, one: Shop, first: int, last: int | None = None) -> None:
        command = [sys.executable, "-m", "benchmarks.dying", one.url.render_as_string(hide_password=False), str(first),
                   "" if last is None else str(last)]  # fmt: skip
        self.known: dict[int, str] = {}
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self._ear = threading.Thread(target=self._listen)
        self._ear.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            number, _, word = line.partition(" ")
            # What was cut off in the middle was not heard by anybody.
            if line.endswith("\n"):
                self.known[int(number)] = word.strip()

    def work(self, seconds: float) -> None:
        """Lets it work for so long from its first answer on."""
        end = time.monotonic() + _START_S
        while not self.known and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.02)
        time.sleep(seconds)

    def kill(self) -> dict[int, str]:
        self.process.kill()
        return self.end(must_be_well=False)

    def end(self, *, must_be_well: bool = True) -> dict[int, str]:
        code = self.process.wait(120)
        self._ear.join()
        if must_be_well and code:
            raise RuntimeError(f"the process ended with {code}")
        return self.known


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with shop(stock, db) as one:
        kills = 1 if stock.quick else 5
        crashes = 0 if db == "sqlite" or not (stock.server and stock.server.is_ours) else 1 if stock.quick else 2
        yield {f"lost or twice, {kills} kills, {crashes} crashes": partial(_suffer, one, stock, kills, crashes)}


def _suffer(one: Shop, stock: Stock, kills: int, crashes: int, _seconds: float) -> Sample:
    acknowledged: set[int] = set()
    for _ in range(kills):
        told = _Told(one, max(acknowledged, default=0) + 1)
        told.work(_LOAD_S)
        acknowledged |= told.kill().keys()
    for _ in range(crashes):
        told = _Told(one, max(acknowledged, default=0) + 1)
        told.work(_LOAD_S / 2)
        assert stock.server is not None
        stock.server.restart("immediate")
        one.env.db.dispose()
        told.work(_LOAD_S / 2)
        acknowledged |= told.kill().keys()
    if not acknowledged:
        raise RuntimeError("nothing was acknowledged: nothing was tried")
    last = max(acknowledged) + 200
    answers = _Told(one, 1, last).end()
    lost = sum(answers.get(number) != "again" for number in acknowledged)
    # Callers are 64, so nothing was begun beyond the last one.
    sums.require_told(one.env.db, PREFIX, last, sum(tokens(number) for number in range(1, last + 1)))
    return Sample(value=float(lost))

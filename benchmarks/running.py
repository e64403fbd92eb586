"""One run from its plan to its record: it keeps what is measured step by step, and ends in time with what it has."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import figures, grown, machine, plan, report, runner, servers
from benchmarks.goals import all_goals
from benchmarks.listing import COMPARISONS, MEASUREMENTS, chosen
from benchmarks.stock import Kind, Stock

# Of seven rounds one may be odd without being an end of the 95 % range; of three or five it is one.
QUICK, FULL = runner.Pace(quick=True, rounds=7, seconds=0.25), runner.Pace(quick=False, rounds=9, seconds=1.0)
Record = dict[str, Any]


class OtherRunError(ValueError):
    """What is on file was measured elsewhere, of other code or at another pace."""


class Run:
    """What was measured so far, and the file that keeps it."""

    def __init__(self, options: argparse.Namespace) -> None:
        pace = QUICK if options.quick else FULL
        self.pace = runner.Pace(pace.quick, options.rounds or pace.rounds, pace.seconds)
        self._file: Path = options.json
        self._goals = all_goals()
        self.record: Record = {
            "facts": machine.facts(), "quick": self.pace.quick, "noise": "", "probes": [], "seconds": 0, "results": [],
            "measured": [], "left_out": [],
        }  # fmt: skip
        wanted = chosen(options.scenario, self._goals, quick=self.pace.quick)
        done = self._taken_up() if options.resume else set()
        self.planned = plan.steps(wanted, options.db, quick=self.pace.quick, done=done)
        usual = plan.QUICK_MINUTES if self.pace.quick else plan.FULL_MINUTES
        self.minutes: float = options.minutes or usual
        self._before = self.record["seconds"]

    def _taken_up(self) -> set[tuple[str, str]]:
        """What an earlier run of the same commit and pace has measured counts as done."""
        if not self._file.exists():
            return set()
        earlier: Record = json.loads(self._file.read_text(encoding="utf-8"))
        mine = self.record["facts"]
        if earlier["quick"] != self.pace.quick or any(
            earlier["facts"][fact] != mine[fact] for fact in ("commit", "machine", "python")
        ):
            raise OtherRunError(f"{self._file} is of another commit, pace or machine: it cannot be gone on with")
        self.record = earlier | {"left_out": []}
        return {(each["scenario"], each["db"]) for each in earlier["results"]} | {
            (each["scenario"], "") for each in earlier["measured"]
        }

    def go(self) -> None:
        clock = plan.Clock(self.minutes, self.planned)
        print("\n".join(plan.told(self.planned, self.minutes)), flush=True)
        folder = Path(tempfile.mkdtemp(prefix="billing-ui-benchmarks-"))
        folder.chmod(0o755)  # the PostgreSQL of the wheel runs as another user
        try:
            with servers.cluster(folder) as server:
                self.record["facts"]["postgresql"] = server.version()
                stock = Stock(folder, server, self.pace.quick)
                before = machine.probe(folder)
                for step in self.planned:
                    self._step(step, stock, clock)
                    self._keep(clock)
                after = machine.probe(folder)
                stock.close()
        finally:
            plan.hide()
            shutil.rmtree(folder, ignore_errors=True)
        self.record["probes"] += [asdict(before), asdict(after)]
        self.record["noise"] = "; ".join(filter(None, (self.record["noise"], machine.noise(before, after))))
        self._keep(clock)

    def _keep(self, clock: plan.Clock) -> None:
        self.record["seconds"] = self._before + round(time.monotonic() - clock.began)
        self._file.parent.mkdir(exist_ok=True)
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self.record, indent=1) + "\n", encoding="utf-8")
        part.replace(self._file)

    def _step(self, step: plan.Step, stock: Stock, clock: plan.Clock) -> None:
        if not clock.fits(step) or (step.name in plan.NEEDS_BOOKS and plan.BOOKS in self.record["left_out"]):
            self.record["left_out"].append(step.told)
            print(f"{step.told}: left out, time is short", flush=True)
            return
        plan.show(clock, step.told)
        began = time.perf_counter()
        told = self._measured(step, stock, clock)
        plan.hide()
        print(f"{step.told}: {time.perf_counter() - began:.0f} s", flush=True)
        print("\n".join(told), end="\n" if told else "", flush=True)

    def _measured(self, step: plan.Step, stock: Stock, clock: plan.Clock) -> list[str]:
        if step.name == plan.BOOKS:
            self._make_books(stock)
            return []
        if step.name in MEASUREMENTS:
            measured = figures.run(MEASUREMENTS[step.name])
            self.record["measured"].append(measured.as_json())
            return measured.lines()
        scenario, db = COMPARISONS[step.name], _kind(step.db)
        result = runner.run(scenario, stock, db, self.pace, self._goals, clock).as_json()
        self.record["results"].append(result)
        return report.lines(result)

    def _make_books(self, stock: Stock) -> None:
        """On both databases at once: each makes its own, and there is a core for each."""
        kinds = {_kind(step.db) for step in self.planned if step.name in plan.NEEDS_BOOKS}
        for kind in kinds:
            stock.template(kind)
        with ThreadPoolExecutor(len(kinds)) as pool:
            list(pool.map(lambda kind: [grown.grown(stock, kind, size) for size in ("small", "large")], kinds))

    def is_good(self) -> bool:
        """A short run leaves goals open: only what it can tell counts against it."""
        bad = {"missed"} if self.pace.quick else {"missed", "inconclusive"}
        outcomes = {verdict["outcome"] for result in self.record["results"] for verdict in result["verdicts"]}
        is_whole = self.pace.quick or not self.record["left_out"]
        return is_whole and not outcomes & bad and all(each["holds"] for each in self.record["measured"])


def _kind(db: str) -> Kind:
    return "pg" if db == "pg" else "sqlite"

"""`python -m benchmarks run|compare|report`: measures against references, and exits 1 when a goal is missed."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks import comparing, figures, machine, report, runner, servers
from benchmarks.goals import all_goals
from benchmarks.listing import COMPARISONS, MEASUREMENTS, UnknownError, chosen
from benchmarks.stock import Stock

HOME = Path(__file__).parent
PAGE = HOME.parent / "docs" / "benchmarks.md"
LATEST = HOME / "results" / "latest.json"
# Of seven rounds one may be odd without being an end of the 95 % range; of three or five it is one.
QUICK, FULL = runner.Pace(quick=True, rounds=7, seconds=0.25), runner.Pace(quick=False, rounds=9, seconds=1.0)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    run = acts.add_parser("run", help="measures, and writes a JSON file of every figure")
    run.add_argument("--scenario", default="", help="ids of goals or names of scenarios, with commas; none means all")
    run.add_argument("--db", choices=("sqlite", "pg"), help="only this database")
    run.add_argument("--quick", action="store_true", help="seven short rounds and small tables")
    run.add_argument("--rounds", type=int, help="instead of 9, or 7 with --quick")
    run.add_argument("--json", type=Path, default=LATEST, help=f"default {LATEST.relative_to(HOME.parent)}")
    run.add_argument("--report", action="store_true", help="also writes docs/benchmarks.md")
    told = acts.add_parser("report", help="writes docs/benchmarks.md from a JSON file")
    told.add_argument("json", type=Path, nargs="?", default=LATEST)
    both = acts.add_parser("compare", help="exits 1 when a ratio fell by more than 15 %% and the ranges do not meet")
    both.add_argument("base", type=Path)
    both.add_argument("head", type=Path)
    options = parser.parse_args(words)
    if options.act == "report":
        report.write(PAGE, _read(options.json))
        return 0
    if options.act == "compare":
        return comparing.tell(_read(options.base), _read(options.head))
    try:
        return measure(options)
    except UnknownError as error:
        parser.error(str(error))


def _read(file: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return told


def measure(options: argparse.Namespace) -> int:
    pace = QUICK if options.quick else FULL
    if options.rounds:
        pace = runner.Pace(pace.quick, options.rounds, pace.seconds)
    goals = all_goals()
    wanted = chosen(options.scenario, goals, quick=pace.quick)
    folder = Path(tempfile.mkdtemp(prefix="billing-ui-benchmarks-"))
    folder.chmod(0o755)  # the PostgreSQL of the wheel runs as another user
    began = time.perf_counter()
    try:
        with servers.cluster(folder) as server:
            stock = Stock(folder, server, pace.quick)
            before = machine.probe(folder)
            results, measured = _results(options, pace, goals, wanted, stock)
            after = machine.probe(folder)
            stock.close()
            facts = machine.facts() | {"postgresql": server.version()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    record = {
        "facts": facts, "quick": pace.quick, "noise": machine.noise(before, after),
        "probes": [asdict(before), asdict(after)], "seconds": round(time.perf_counter() - began),
        "results": [each.as_json() for each in results], "measured": [each.as_json() for each in measured],
    }  # fmt: skip
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print("\n".join(report.summary(record)))
    if options.report:
        report.write(PAGE, record)
    return 0 if _good(results, measured, pace) else 1


def _results(
    options: argparse.Namespace, pace: runner.Pace, goals: tuple, wanted: set[str], stock: Stock
) -> tuple[list[runner.Result], list[figures.Measured]]:
    results, measured = [], []
    for name, scenario in COMPARISONS.items():
        for db in scenario.DATABASES:
            if name in wanted and options.db in {None, db}:
                began = time.perf_counter()
                results.append(runner.run(scenario, stock, db, pace, goals))
                print(f"{name} on {db}: {time.perf_counter() - began:.0f} s", flush=True)
                print("\n".join(report.lines(results[-1].as_json())), flush=True)
    for name, each in MEASUREMENTS.items():
        if name in wanted and (options.scenario or not options.db):
            measured.append(figures.run(each))
            print("\n".join(measured[-1].lines()), flush=True)
    return results, measured


def _good(results: list[runner.Result], measured: list[figures.Measured], pace: runner.Pace) -> bool:
    """A short run leaves goals open: only what it can tell counts against it."""
    bad = {"missed"} if pace.quick else {"missed", "inconclusive"}
    outcomes = {verdict.outcome for result in results for verdict in result.verdicts}
    return not outcomes & bad and all(each.holds for each in measured)


if __name__ == "__main__":
    sys.exit(main())

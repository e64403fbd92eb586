"""`python -m benchmarks run|compare|report`: measures against references, and exits 1 when a goal is missed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import comparing, report
from benchmarks.listing import UnknownError
from benchmarks.running import OtherRunError, Run

HOME = Path(__file__).parent
PAGE = HOME.parent / "docs" / "benchmarks.md"
LATEST = HOME / "results" / "latest.json"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    run = acts.add_parser("run", help="measures, and writes a JSON file of every figure")
    run.add_argument("--scenario", default="", help="ids of goals or names of scenarios, with commas; none means all")
    run.add_argument("--db", choices=("sqlite", "pg"), help="only this database")
    run.add_argument("--quick", action="store_true", help="seven short rounds and small tables")
    run.add_argument("--rounds", type=int, help="instead of 9, or 7 with --quick")
    run.add_argument("--minutes", type=float, help="when it must be over: 25, or 3 with --quick")
    run.add_argument("--resume", action="store_true", help="goes on with a run of this commit that ended early")
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
    except (UnknownError, OtherRunError) as error:
        parser.error(str(error))


def _read(file: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return told


def measure(options: argparse.Namespace) -> int:
    run = Run(options)
    run.go()
    print("\n".join(report.summary(run.record)))
    if options.report:
        report.write(PAGE, run.record)
    return 0 if run.is_good() else 1


if __name__ == "__main__":
    sys.exit(main())

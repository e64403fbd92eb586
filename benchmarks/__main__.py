"""`python -m benchmarks [SCENARIO …]`: measures, prints a table, and exits 1 when a goal is missed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

from benchmarks import runner
from benchmarks.scenarios import posting

SCENARIOS: dict[str, ModuleType] = {posting.NAME: posting}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}; none means all")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=0.2, help="how long one variant runs in one round")
    parser.add_argument("--json", type=Path, help="also write every figure to this file")
    options = parser.parse_args()
    if unknown := set(options.scenarios) - set(SCENARIOS):
        parser.error(f"no scenario called {', '.join(sorted(unknown))}")
    results = [
        runner.run(cast(runner.Scenario, SCENARIOS[name]), options.rounds, options.seconds)
        for name in options.scenarios or SCENARIOS
    ]
    for result in results:
        print_result(result)
    if options.json:
        options.json.write_text(json.dumps([result.as_json() for result in results], indent=2) + "\n", encoding="utf-8")
    return 0 if all(verdict.holds for result in results for verdict in result.verdicts) else 1


def print_result(result: runner.Result) -> None:
    print(f"{result.scenario}  ({result.machine})")
    print(f"  {'variant':<24}{'per second':>11}{'slowest..fastest round':>26}{'p50 ms':>9}{'p95':>8}{'p99':>8}")
    for name, speed in result.speeds.items():
        spread = f"{speed.slowest_round:.0f}..{speed.fastest_round:.0f}"
        print(
            f"  {name:<24}{speed.per_second:>11.0f}{spread:>26}"
            f"{speed.p50_ms:>9.2f}{speed.p95_ms:>8.2f}{speed.p99_ms:>8.2f}"
        )
    for verdict in result.verdicts:
        goal = verdict.goal
        print(
            f"  {goal.product} / {goal.reference}: {verdict.ratio:.2f}  (95 %: {verdict.low:.2f}..{verdict.high:.2f})"
            f"  "
            + (
                f"goal >= {goal.at_least:.2f}  {'holds' if verdict.holds else 'MISSED'}"
                if goal.gates
                else "for orientation"
            )
        )


if __name__ == "__main__":
    sys.exit(main())

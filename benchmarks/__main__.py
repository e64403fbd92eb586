"""`python -m benchmarks [SCENARIO …]`: measures, prints a table, and exits 1 when a goal is missed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

from benchmarks import figures, runner
from benchmarks.scenarios import live_push, posting, webhooks

COMPARISONS: dict[str, ModuleType] = {posting.NAME: posting}
MEASUREMENTS: dict[str, ModuleType] = {live_push.NAME: live_push, webhooks.NAME: webhooks}
SCENARIOS = (*COMPARISONS, *MEASUREMENTS)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}; none means all")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=0.2, help="how long one variant runs in one round")
    parser.add_argument("--json", type=Path, help="also write every figure to this file")
    options = parser.parse_args()
    if unknown := set(options.scenarios) - set(SCENARIOS):
        parser.error(f"no scenario called {', '.join(sorted(unknown))}")
    wanted = options.scenarios or SCENARIOS
    results = [
        runner.run(cast(runner.Scenario, module), options.rounds, options.seconds)
        for name, module in COMPARISONS.items()
        if name in wanted
    ]
    measured = [
        figures.run(cast(figures.Measurement, module)) for name, module in MEASUREMENTS.items() if name in wanted
    ]
    for result in results:
        print_result(result)
    for each in measured:
        print("\n".join(each.lines()))
    if options.json:
        told = [one.as_json() for one in (*results, *measured)]
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    verdicts = [verdict.holds for result in results for verdict in result.verdicts]
    return 0 if all([*verdicts, *(each.holds for each in measured)]) else 1


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

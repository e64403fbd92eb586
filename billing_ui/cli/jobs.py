"""`billing-ui jobs list | retry`: what waits, what was set aside and why, and how to set it going again."""

from __future__ import annotations

import argparse

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.queries.jobs import counts, parked
from billing_ui.services import queue


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("jobs", help="what waits, what was set aside and why; set it going again")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verbs.add_parser("list", help="how many of each kind, and the jobs set aside").set_defaults(run=run_list)
    retry = verbs.add_parser("retry", help="set a job going again that was set aside")
    retry.add_argument("key", help="as `jobs list` shows it")
    retry.add_argument("--reason", required=True)
    retry.set_defaults(run=run_retry)


def run_list(_options: argparse.Namespace) -> int:
    """Exit code 1 when something was set aside, so that a watchdog can ask."""
    with runtime.env().db.read() as tx:
        numbers, aside = counts(tx), parked(tx)
    for (kind, state), number in numbers.items():
        print(f"{kind:<22} {'set aside' if state == 'dead' else state:<9} {number:>8}")
    for job in aside:
        print(f"\n{job.key}\n  after {job.attempts} tries: {job.last_error}")
    return 1 if aside else 0


def run_retry(options: argparse.Namespace) -> int:
    queue.revive(runtime.env(), operator(), options.key, options.reason)
    print(f"{options.key}: due now")
    return 0

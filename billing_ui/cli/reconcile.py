"""`billing-ui reconcile`: compares the gateway's list with payments and books. Exit code 1 while something is open."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, timedelta

from billing_ui import runtime
from billing_ui.cli.reconcile_report import table, told
from billing_ui.cli.terminal import operator
from billing_ui.env import Env
from billing_ui.kit.period import local_day, start_of_day
from billing_ui.rules.reconciliation import ZONE, Span
from billing_ui.services import differences, reconciliation

_USUAL_DAYS = 3


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("reconcile", help="compare the gateway's list with payments and books")
    parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="first day, such as 2026-11-20")
    parser.add_argument("--to", dest="until", type=_day, metavar="DAY", help="last day, that day included")
    parser.add_argument("--day", type=_day, metavar="DAY", help="one day; without days: the last three up to now")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--apply", action="store_true", help="settle what was missed and remember what does not tie")
    how.add_argument("--dry-run", action="store_true", help="look only (the default)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    parser.add_argument("--explain", metavar="DIF", help="close a difference that is all right: its id, with --reason")
    parser.add_argument("--reason", default="", help="why, in at least ten characters; kept in the audit")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    env = runtime.env()
    if options.explain:
        differences.explain(env, operator(), options.explain, options.reason)
        print(f"{options.explain}: explained")
        return 0
    span = _span(env, options)
    if span is None:
        print("billing-ui: --day stands alone; --from must not lie behind --to", file=sys.stderr)
        return 2
    view = reconciliation.reconcile(env, operator(), span, is_trial=not options.apply, progress=_tell)
    print(json.dumps(told(view, env.clock.now()), indent=2) if options.json else table(view, env.clock.now()))
    return 1 if view.unexplained else 0


def _span(env: Env, options: argparse.Namespace) -> Span | None:
    now = env.clock.now()
    if options.day and (options.since or options.until):
        return None
    since = options.day or options.since
    until = options.day or options.until
    begin = start_of_day(since or local_day(now - timedelta(days=_USUAL_DAYS), ZONE), ZONE)
    end = start_of_day(until + timedelta(days=1), ZONE) if until else now
    return Span(begin, min(end, now)) if begin < end else None


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _tell(step: str, count: int) -> None:
    """Progress goes to standard error, so that the result can be piped."""
    print(f"reconcile: {step} {count}", file=sys.stderr)

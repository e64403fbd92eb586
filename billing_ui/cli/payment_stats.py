"""`billing-ui payments stats`: how payments went, of one account or of all of them."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from billing_ui import runtime
from billing_ui.cli.whose import NOT_ONE, REFERENCE, one
from billing_ui.kit.period import local_day
from billing_ui.queries.balance import account_of
from billing_ui.queries.host_payments import account_id_of
from billing_ui.queries.payment_stats import payment_stats, record
from billing_ui.rules.lists import read_day, span_of


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("stats", help="count, success, paid amounts and time to pay, by method and day")
    parser.add_argument("--account", metavar="REF", help=REFERENCE)
    parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="such as 2026-11-01; thirty days ago")
    parser.add_argument("--to", dest="last", type=_day, metavar="DAY", help="today, if not given")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    env, public_id = runtime.env(), None
    if options.account:
        found = one(env, options.account)
        if found is None:
            return NOT_ONE
        public_id = found.account
    with env.db.read() as tx:
        account_id = account_id_of(tx, account=public_id, external_id=None) if public_id else None
        zone = account_of(tx, account_id)[1] if account_id else env.catalogue.zone
        first, last = sorted(span_of(options.first, options.last, local_day(env.clock.now(), zone)))
        told = {"account": public_id, **record(payment_stats(tx, account_id, first, last, zone))}
    print(json.dumps(told, indent=2) if options.json else "\n".join(_spoken(told)))
    return 0


def _day(words: str) -> date:
    day = read_day(words)
    if day is None:
        raise argparse.ArgumentTypeError("a day is written 2026-11-21")
    return day


def _spoken(told: dict[str, Any]) -> list[str]:
    rate, median = told["success_percent"], told["median_seconds"]
    lines = [
        f"{told['from']} to {told['to']} ({told['zone']}), {told['account'] or 'all accounts'}",
        f"payments      {told['count']}, paid {told['paid']}, failed or expired {told['ended']}",
        f"success       {'-' if rate is None else f'{rate} %'}",
        f"paid          {_sums(told)}",
        f"time to pay   {'-' if median is None else f'{median} s (median)'}",
    ]
    lines += [f"  {each['method']:<12}{each['count']:>8}{each['paid']:>8}  {_sums(each)}" for each in told["methods"]]
    return lines + [
        f"  {each['day']:<12}{each['count']:>8}{each['paid']:>8}  {_sums(each)}"
        for each in told["days"]
        if each["count"]
    ]


def _sums(tally: dict[str, Any]) -> str:
    return " + ".join(f"{each['amount']} {each['currency']}" for each in tally["paid_amounts"]) or "-"

"""`billing-ui disputes list | conclude`: what payers' banks ask back, and how it ended."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.queries.disputes import disputes as disputes_of
from billing_ui.services import disputes


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("disputes", help="what payers' banks ask back; say how one ended")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="the newest disputes")
    listing.add_argument("--status", choices=("open", "won", "lost"), default="")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    end = verbs.add_parser("conclude", help="won gives the tokens free; lost takes money and tokens out of the books")
    end.add_argument("dispute", metavar="DISPUTE", help="public id (dsp_…), as `disputes list` tells it")
    end.add_argument("end", choices=("won", "lost"))
    end.add_argument("--reason", required=True, help="at least ten characters, kept in the audit")
    end.set_defaults(run=run_conclude)


def run_list(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = disputes_of(tx, status=options.status)
    if options.json:
        print(json.dumps({"disputes": [asdict(row) for row in found]}, indent=2, ensure_ascii=False, default=_plain))
        return 0
    for row in found:
        told = f"  the gateway says {row.told}" if row.told and row.status == "open" else ""
        due = f"  due {row.due_at:%Y-%m-%d}" if row.due_at else ""
        print(f"{row.at:%Y-%m-%d %H:%M}Z  {row.id}  {row.payment}  {row.amount:>12} {row.currency}  "
              f"{row.status:<5} {row.reason}{told}{due}".rstrip())  # fmt: skip
    return 0


def run_conclude(options: argparse.Namespace) -> int:
    actor = operator()
    done = disputes.conclude(runtime.env(), actor, options.dispute, options.end, options.reason)
    # Parts of it may have gone back before: what the bank asked for is not what leaves.
    taken = f"{done.booked} {done.currency} and {done.tokens} tokens" if done.status == "lost" else "nothing"
    print(f"{done.dispute}: {done.status}, {taken} taken from {done.payment}, balance {done.balance_after}")
    return 0


def _plain(fact: Any) -> str:
    return fact.isoformat() if isinstance(fact, datetime) else str(fact)

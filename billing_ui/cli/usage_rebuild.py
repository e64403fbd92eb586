"""`billing-ui usage rebuild`: counts days, months, hours and running limits anew from the events."""

from __future__ import annotations

import argparse

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.cli.whose import NOT_ONE, REFERENCE, one
from billing_ui.services import usage_rebuilds


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "rebuild", help="count use anew from its events, where `billing-ui verify` found sums that are wrong"
    )
    parser.add_argument("--account", metavar="REF", help=f"this account alone: {REFERENCE}")
    parser.add_argument("--reason", default="", help="kept in the audit trail")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    env = runtime.env()
    if options.account is None:
        rebuilt = usage_rebuilds.rebuild_all(env, operator(), options.reason)
        print(f"{rebuilt.accounts} accounts counted anew from {rebuilt.events} events, and the hours of all")
        return 0
    account = one(env, options.account)
    if account is None:
        return NOT_ONE
    rebuilt = usage_rebuilds.rebuild_account(env, operator(), account.account, options.reason)
    print(f"{account.account} counted anew from {rebuilt.events} events")
    return 0

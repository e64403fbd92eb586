"""`billing-ui payments list | show | recheck | refund | resolve | stats | methods`: the desk without a browser."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.cli import methods, payment_stats, refunds
from billing_ui.cli.terminal import operator
from billing_ui.queries.admin_payment import payment_file
from billing_ui.queries.admin_payments import listed
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import NotFound
from billing_ui.rules.payment_lists import GATEWAYS, GROUPS, wish
from billing_ui.rules.payments import STATUSES
from billing_ui.rules.refunds import DECISIONS
from billing_ui.services import captures, rechecks


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "payments", help="list payments, show one, ask the gateway again, send money back, decide about kept money"
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _register_list(verbs)
    payment_stats.register(verbs)
    methods.register(verbs)
    show = verbs.add_parser("show", help="everything known of one payment")
    show.add_argument("payment", metavar="PAYMENT", help="public id (pay_…)")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=run_show)
    recheck = verbs.add_parser("recheck", help="ask the gateway now and act on the answer")
    recheck.add_argument("payment", metavar="PAYMENT", help="public id (pay_…)")
    recheck.set_defaults(run=run_recheck)
    refunds.register(verbs)
    resolve = verbs.add_parser("resolve", help="decide what becomes of money that paid nothing; once and for good")
    resolve.add_argument("capture", metavar="CAPTURE", help="public id (cap_…), as `payments show` tells it")
    resolve.add_argument("--decision", choices=DECISIONS, required=True)
    resolve.add_argument("--reason", required=True, help="at least ten characters, kept in the audit")
    resolve.add_argument("--bank-number", default="", help="of the transfer, for paid_out")
    resolve.set_defaults(run=run_resolve)


def _register_list(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = verbs.add_parser("list", help="the newest first, narrowed as on the page /admin/payments/")
    listing.add_argument("--status", choices=[*GROUPS, *STATUSES])
    listing.add_argument("--method")
    listing.add_argument("--gateway", choices=GATEWAYS)
    listing.add_argument("--from", metavar="DAY", help="such as 2026-11-01")
    listing.add_argument("--to", metavar="DAY")
    listing.add_argument("--q", help="a ref, an id of ours or of the gateway, an e-mail address, the host's own id")
    listing.add_argument("--after", metavar="PAYMENT", help="the last payment of the page before")
    listing.add_argument("--per", choices=["25", "50", "100"])
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)


def run_list(options: argparse.Namespace) -> int:
    env = runtime.env()
    wanted = wish({name: value for name, value in vars(options).items() if isinstance(value, str)})
    with env.db.read() as tx:
        page = listed(tx, wanted, env.clock.now(), env.catalogue.zone)
    if options.json:
        _print_json({"payments": [asdict(row) for row in page.rows], "more": page.has_older})
        return 0
    for row in page.rows:
        flags = " ".join(row.flags)
        print(f"{row.at:%Y-%m-%d %H:%M}Z  {row.id}  {row.amount:>12} {row.currency}  {row.method:<10} "
              f"{row.status:<10} {row.email}  {flags}".rstrip())  # fmt: skip
    if page.has_older:
        print(f"more: --after {page.rows[-1].id}")
    return 0


def run_show(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = payment_file(tx, options.payment)
    if found is None:
        raise NotFound(what="payment")
    told = asdict(found)
    if options.json:
        _print_json(told)
        return 0
    for name, fact in told.pop("facts").items():
        print(f"{name:<12}{fact if fact not in ('', None) else '-'}")
    for part, lines in told.items():
        if isinstance(lines, tuple) and lines:
            print(f"\n{part}")
            for line in lines:
                print(f"  {_spoken(line)}")
    return 0


def run_recheck(options: argparse.Namespace) -> int:
    done = rechecks.recheck(runtime.env(), _actor(), options.payment)
    again = f", ask again after {done.again_at.isoformat()}" if done.again_at else ""
    print(f"{options.payment}: {done.heard}, {done.before} -> {done.after}, new captures: {done.captures}{again}")
    return 0


def run_resolve(options: argparse.Namespace) -> int:
    env = runtime.env()
    done = captures.decide(env, _actor(), options.capture, options.decision, options.reason, options.bank_number)
    refund = f", refund {done.refund} {done.refund_status}" if done.refund else ""
    print(f"{done.capture}: {done.decision} {done.amount} {done.currency}, tokens {done.tokens}, "
          f"balance {done.balance_before} -> {done.balance_after}{refund}")  # fmt: skip
    return 0


def _actor() -> Actor:
    return operator()


def _spoken(line: Any) -> str:
    if not isinstance(line, dict):
        return str(line)
    return "  ".join(f"{name}={_plain(value)}" for name, value in line.items() if value not in ("", None, {}))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, default=_plain))

"""`billing-ui account show | balance | grant | deduct | zone REF`: what an account holds and held, tokens given or
taken with a reason, and the zone of its days."""

from __future__ import annotations

import argparse
from datetime import datetime

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.cli.whose import NOT_ONE, REFERENCE, one
from billing_ui.queries.balance import BalanceView, as_of
from billing_ui.queries.host_payments import account_id_of
from billing_ui.services import grants, usage_rebuilds

_WIDTH = 10


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("account", help="show what an account holds; grant or deduct tokens")
    verbs = parser.add_subparsers(dest="verb", required=True)
    show = verbs.add_parser("show", help="the balance, lifetime figures and open lots")
    show.add_argument("reference", metavar="REF", help=REFERENCE)
    show.set_defaults(run=run_show)
    balance = verbs.add_parser("balance", help="the balance, now or as it stood at an instant")
    balance.add_argument("reference", metavar="REF", help=REFERENCE)
    balance.add_argument("--as-of", type=instant, help="such as 2026-11-21T00:00+07:00")
    balance.set_defaults(run=run_balance)
    for act, what in (("grant", "give tokens"), ("deduct", "take tokens")):
        verb = verbs.add_parser(act, help=what)
        verb.add_argument("reference", metavar="REF", help=REFERENCE)
        verb.add_argument("--tokens", type=int, required=True)
        verb.add_argument("--reason", required=True, help="kept in the audit")
        verb.add_argument("--key", help="the same key is the same act, however often it is run")
        if act == "grant":
            verb.add_argument("--expires-at", type=instant, help="such as 2027-01-31T23:59+07:00")
        verb.set_defaults(run=run_act, act=act)
    zone = verbs.add_parser("zone", help="move to another time zone; what was used is counted anew on its days")
    zone.add_argument("reference", metavar="REF", help=REFERENCE)
    zone.add_argument("zone", metavar="ZONE", help="such as Asia/Makassar")
    zone.add_argument("--reason", default="", help="kept in the audit")
    zone.set_defaults(run=run_zone)


def run_show(options: argparse.Namespace) -> int:
    account = one(runtime.env(), options.reference)
    if account is None:
        return NOT_ONE
    print("\n".join(_told(account)))
    return 0


def run_balance(options: argparse.Namespace) -> int:
    env = runtime.env()
    account = one(env, options.reference)
    if account is None:
        return NOT_ONE
    with env.db.read() as tx:
        account_id = account_id_of(tx, account=account.account, external_id=None)
        assert account_id is not None
        then = as_of(tx, account_id, options.as_of or env.clock.now())
    print(f"{then.balance}  {then.account}  {then.at.isoformat()}")
    return 0


def run_zone(options: argparse.Namespace) -> int:
    env = runtime.env()
    account = one(env, options.reference)
    if account is None:
        return NOT_ONE
    moved = usage_rebuilds.set_zone(env, operator(), account.account, options.zone, options.reason)
    print(f"{account.account}: {account.zone} -> {options.zone}, {moved.events} events counted anew")
    return 0


def run_act(options: argparse.Namespace) -> int:
    env = runtime.env()
    account = one(env, options.reference)
    if account is None:
        return NOT_ONE
    actor = operator()
    key = options.key or env.ids.public("cli")
    if options.act == "grant":
        done = grants.grant(env, actor, account.account, options.tokens, options.reason, key, options.expires_at)
    else:
        done = grants.deduct(env, actor, account.account, options.tokens, options.reason, key)
    again = " (done before, nothing moved)" if done.replayed else ""
    print(f"{options.act} {done.tokens}: balance {done.balance_before} -> {done.balance_after}{again}  key {key}")
    return 0


def instant(words: str) -> datetime:
    instant = datetime.fromisoformat(words)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("an instant needs its zone, such as 2027-01-31T23:59+07:00")
    return instant


def _told(account: BalanceView) -> list[str]:
    facts = {
        "account": account.account, "name": account.name, "host id": account.external_id or "-",
        "plan": account.plan, "access": account.access, "balance": account.balance, "held": account.held,
        "debt": account.debt, "bought": account.bought, "granted": account.granted, "used": account.used,
        "expired": account.expired, "refunded": account.refunded,
    }  # fmt: skip
    lines = [f"{name:<{_WIDTH}}{fact}" for name, fact in facts.items()]
    for lot in account.lots:
        until = f", until {lot.expires_at.isoformat()}" if lot.expires_at else ""
        frozen = ", frozen" if lot.is_frozen else ""
        lines.append(f"{'lot':<{_WIDTH}}{lot.id}  {lot.source} {lot.remaining} of {lot.quantity}{until}{frozen}")
    return lines

"""`billing-ui usage record | check | show | import | rebuild`: what was used, what may be used, and what it came to."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.cli import usage_import, usage_rebuild, usage_show
from billing_ui.cli.account import instant
from billing_ui.cli.exits import REFUSED
from billing_ui.cli.terminal import operator
from billing_ui.cli.whose import NOT_ONE, REFERENCE, one
from billing_ui.env import Env
from billing_ui.ledger import Taken
from billing_ui.queries.balance import BalanceView
from billing_ui.queries.host_payments import account_id_of
from billing_ui.rules.usage import Cover, Refusal
from billing_ui.services import usage
from billing_ui.services.usage import Usage


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("usage", help="record use, ask whether it may be, show it, import it")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    record = verbs.add_parser("record", help="charge an event; the same --event-id is the same event")
    _what(record)
    record.add_argument("--event-id", required=True, help="yours, new for each event")
    record.add_argument("--at", type=instant, help="when it happened, such as 2026-11-21T00:00+07:00; now if left out")
    record.add_argument("--session", help="what belongs together in your app")
    record.set_defaults(run=run_record)
    check = verbs.add_parser("check", help="ask whether it may be used now, and what would pay; exit code 1 for no")
    _what(check)
    check.set_defaults(run=run_check)
    usage_show.register(verbs)
    usage_import.register(verbs)
    usage_rebuild.register(verbs)


def _what(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("reference", metavar="REF", help=REFERENCE)
    kind = verb.add_mutually_exclusive_group(required=True)
    kind.add_argument("--operation", default="", help="a slug of the catalogue, such as chat")
    kind.add_argument("--type", default="", metavar="METER", help="the plain form: a meter of the catalogue")
    verb.add_argument("--amount", type=int, default=1, help="so much of --type; 1 if left out")
    verb.add_argument("--model", default="")
    for name in ("input", "output", "cached"):
        verb.add_argument(f"--{name}", type=int, default=0, metavar="TOKENS")
    verb.add_argument("--quantity", type=int, default=0, help="for operations that draw one: minutes, pictures")
    verb.add_argument("--json", action="store_true")


def run_record(options: argparse.Namespace) -> int:
    env = runtime.env()
    account = one(env, options.reference)
    if account is None:
        return NOT_ONE
    told = _usage(env, account, options, options.event_id, options.at, options.session)
    result = usage.record_and_wait(env, operator(), told).result
    assert isinstance(result, Taken | Refusal)
    return _answer(options, result)


def run_check(options: argparse.Namespace) -> int:
    env = runtime.env()
    account = one(env, options.reference)
    if account is None:
        return NOT_ONE
    result = usage.check_and_wait(env, operator(), _usage(env, account, options, "")).result
    assert isinstance(result, Cover | Refusal)
    return _answer(options, result)


def _usage(
    env: Env,
    account: BalanceView,
    options: argparse.Namespace,
    event_id: str,
    at: datetime | None = None,
    session: str | None = None,
) -> Usage:
    with env.db.read() as tx:
        account_id = account_id_of(tx, account=account.account, external_id=None)
    assert account_id is not None
    return Usage(
        account_id, event_id, options.operation, options.model, options.input, options.output, options.cached,
        options.quantity, options.type, options.amount if options.type else 0, at, session,
    )  # fmt: skip


def _answer(options: argparse.Namespace, result: Taken | Cover | Refusal) -> int:
    facts = {name: fact for name, fact in asdict(result).items() if fact is not None}
    if options.json:
        print(json.dumps({"allowed": not isinstance(result, Refusal), **facts}, default=_told))
    elif isinstance(result, Taken):
        again = " (known before, nothing was charged now)" if result.replayed else ""
        print(f"{result.event_id}: charged {result.charged} ({_parts(result.cover)}){again}, "
              f"balance {result.balance_after}, entry {result.seq}")  # fmt: skip
    elif isinstance(result, Cover):
        print(f"yes: {_parts(result)}")
    else:
        print(f"no: {result.reason}{_why(facts)}. Nothing was charged.")
    return REFUSED if isinstance(result, Refusal) else 0


def _parts(cover: Cover) -> str:
    parts = {"included": cover.allowance, "balance": cover.from_lots, "overage": cover.overage}
    return ", ".join(f"{name} {quantity}" for name, quantity in parts.items() if quantity) or "free"


def _why(facts: dict[str, Any]) -> str:
    told = [f"{name} {_told(fact)}" for name, fact in facts.items() if name != "reason"]
    return f" ({', '.join(told)})" if told else ""


def _told(fact: object) -> str:
    return fact.isoformat() if isinstance(fact, datetime) else str(fact)

"""`billing-ui mails list | show | resend | stops | lift`: what became of mails, and the addresses that take none."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.queries import mails as mail_queries
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import NotFound
from billing_ui.services import mail_log, mail_stops, mails


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("mails", help="what became of mails; send one again; let an address have mail again")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="the newest mails")
    listing.add_argument("--status", choices=mail_log.STATUSES)
    listing.add_argument("--to", default="", help="an address, or how it begins")
    listing.add_argument("--limit", type=int, default=100)
    listing.set_defaults(run=run_list)
    show = verbs.add_parser("show", help="one mail in full (never what it said)")
    show.add_argument("key", help="as `mails list` shows it")
    show.set_defaults(run=run_show)
    again = verbs.add_parser("resend", help="send a mail once more, or now if it was not sent yet")
    again.add_argument("key", help="as `mails list` shows it")
    again.set_defaults(run=run_resend)
    stopped = verbs.add_parser("stops", help="the addresses that get no mail at present, and why")
    stopped.set_defaults(run=run_stops)
    lift = verbs.add_parser("lift", help="an address works again: mail goes there from now on")
    lift.add_argument("address")
    lift.set_defaults(run=run_lift)
    for verb in (again, lift):
        verb.add_argument("--reason", required=True, help="kept in the audit")
    for verb in (listing, show, stopped):
        verb.add_argument("--json", action="store_true")


def run_list(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = mail_queries.mails(tx, status=options.status or "", to=options.to, limit=options.limit)
    if options.json:
        _print_json({"mails": [asdict(mail) for mail in found]})
        return 0
    _print_table([(f"{mail.created_at:%Y-%m-%d %H:%M}Z", mail.status, mail.template, mail.to, mail.key)
                  for mail in found])  # fmt: skip
    return 0


def run_show(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = mail_queries.mail(tx, options.key)
    if found is None:
        raise NotFound(what="mail")
    if options.json:
        _print_json(asdict(found))
        return 0
    for name, fact in asdict(found).items():
        print(f"{name:<12}{_plain(fact) if isinstance(fact, datetime) else fact or '-'}")
    return 0


def run_resend(options: argparse.Namespace) -> int:
    key = mails.resend(runtime.env(), _operator(), options.key, options.reason)
    print(f"{key}: due now")
    return 0


def run_stops(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = mail_queries.stops(tx)
    if options.json:
        _print_json({"stops": [asdict(stop) for stop in found]})
        return 0
    _print_table([(f"{stop.since_at:%Y-%m-%d %H:%M}Z", stop.why, stop.address, stop.detail) for stop in found])
    return 0


def run_lift(options: argparse.Namespace) -> int:
    mail_stops.lift(runtime.env(), _operator(), options.address, options.reason)
    print(f"{options.address}: gets mail again")
    return 0


def _operator() -> Actor:
    return operator()


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, default=_plain))


def _plain(fact: Any) -> str:
    return fact.isoformat() if isinstance(fact, datetime) else str(fact)

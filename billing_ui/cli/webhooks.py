"""`billing-ui webhooks list | show | replay`: what gateways told us, byte by byte, and acting on it once more."""

from __future__ import annotations

import argparse
import json

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.queries.webhooks import deliveries, delivery
from billing_ui.rules.errors import NotFound
from billing_ui.services import inbox


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("webhooks", help="list stored webhooks, show one, act on it once more")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="the newest first")
    listing.add_argument("--unfinished", action="store_true", help="only what has not been acted on yet")
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(run=run_list)
    for name, what, run in (
        ("show", "its headers and its body", run_show),
        ("replay", "act on it once more; what is done already changes nothing", run_replay),
    ):
        verb = verbs.add_parser(name, help=what)
        verb.add_argument("message", type=int, metavar="ID", help="as `webhooks list` shows it")
        verb.set_defaults(run=run)


def run_list(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = deliveries(tx, unfinished=options.unfinished, limit=max(1, options.limit))
    for line in found:
        done = line.outcome or ("done" if line.handled_at else "waits")
        print(f"{line.id:>8}  {line.at:%Y-%m-%d %H:%M:%S}Z  {line.gateway:<8} {line.event:<36} x{line.times:<3} {done}")
    return 0


def run_show(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = delivery(tx, options.message)
    if found is None:
        raise NotFound(what="webhook")
    print(f"{found.line.event}, {found.line.times} times, outcome {found.line.outcome or '-'}")
    print(json.dumps(found.headers, indent=2))
    print(found.body)
    return 0


def run_replay(options: argparse.Namespace) -> int:
    inbox.replay(runtime.env(), operator(), options.message)
    print(f"{options.message}: due now")
    return 0

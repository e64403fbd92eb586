"""`billing-ui keys create | list | revoke`: the keys with which host apps come in."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.queries.api_keys import ApiKeyView, api_keys
from billing_ui.rules.scopes import MOST_ACTIVE, SCOPES
from billing_ui.services.api_keys import create, revoke


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("keys", help="make, list and revoke the keys of host apps")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    made = verbs.add_parser("create", help=f"its secret is shown once; {MOST_ACTIVE} may be active")
    made.add_argument("--name", required=True, help="what it is for, such as `web app`")
    made.add_argument("--scope", action="append", choices=SCOPES, help="may be given more than once; all if left out")
    made.add_argument("--expires-at", type=_instant, help="such as 2027-01-31T23:59+07:00; never if left out")
    made.add_argument("--reason", default="", help="kept in the audit log")
    made.set_defaults(run=run_create)
    listed = verbs.add_parser("list", help="every key there ever was, the newest first")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=run_list)
    ended = verbs.add_parser("revoke", help="the key opens nothing any more, within five seconds everywhere")
    ended.add_argument("key", metavar="KEY", help="its id, key_…")
    ended.add_argument("--reason", required=True, help="kept in the audit log")
    ended.set_defaults(run=run_revoke)


def run_create(options: argparse.Namespace) -> int:
    """The secret alone goes to the output, so that it can be piped to where it is kept."""
    new = create(runtime.env(), operator(), options.name, options.scope or SCOPES, options.expires_at, options.reason)
    print(f"{new.key.public_id}  {new.key.name}  {' '.join(new.key.scopes)}", file=sys.stderr)
    print("This is the only time the secret is shown:", file=sys.stderr)
    print(new.secret)
    return 0


def run_list(options: argparse.Namespace) -> int:
    env = runtime.env()
    with env.db.read() as tx:
        keys = api_keys(tx)
    if options.json:
        print(json.dumps([asdict(key) for key in keys], default=str, ensure_ascii=False, indent=2))
        return 0
    for key in keys:
        print(f"{key.public_id}  …{key.hint}  {_state(key, env.clock.now()):<8} {key.name}  {' '.join(key.scopes)}")
    return 0


def run_revoke(options: argparse.Namespace) -> int:
    key = revoke(runtime.env(), operator(), options.key, options.reason)
    print(f"{key.public_id}  …{key.hint}  revoked  {key.name}")
    return 0


def _state(key: ApiKeyView, now: datetime) -> str:
    return "revoked" if key.revoked_at else "active" if key.is_active(now) else "expired"


def _instant(words: str) -> datetime:
    instant = datetime.fromisoformat(words)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("an instant needs its zone, such as 2027-01-31T23:59+07:00")
    return instant

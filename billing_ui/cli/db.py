"""`billing-ui db`: brings the database to the shape this version of the code needs."""

from __future__ import annotations

import argparse

from billing_ui import runtime
from billing_ui.infra.db import migrate, migration_state


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("db", help=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("upgrade", help="migrate to the newest shape").set_defaults(run=upgrade)
    actions.add_parser("state", help="tell where the database is").set_defaults(run=state)


def upgrade(_options: argparse.Namespace) -> int:
    env = runtime.env()
    migrate(env.db.url)
    print(f"database at revision {migration_state(env.db)[0]}")
    return 0


def state(_options: argparse.Namespace) -> int:
    at, newest = migration_state(runtime.env().db)
    print(f"database at revision {at or 'none'}, newest is {newest}")
    return 0 if at == newest else 1

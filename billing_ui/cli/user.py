"""`billing-ui user create | role | list`: the first operator is made here, never by signing up."""

from __future__ import annotations

import argparse
import getpass
import sys

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.queries.people import people
from billing_ui.rules.access import PERMISSIONS
from billing_ui.services import operators
from billing_ui.services.operators import CreateUser

_NONE = "none"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("user", help="make people, give them roles at the desk, list them")
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="a user with an account; the password is asked for, or read from stdin")
    create.add_argument("email")
    create.add_argument("--name", default="")
    create.add_argument("--role", choices=sorted(PERMISSIONS))
    create.add_argument("--zone", default="", help="such as Asia/Jakarta; the catalogue's if left out")
    create.add_argument("--language", default="", choices=["", "id", "en"])
    create.set_defaults(run=run_create)
    role = verbs.add_parser("role", help="give a role, or take it away with `none`; ends the person's sessions")
    role.add_argument("email")
    role.add_argument("role", choices=[*sorted(PERMISSIONS), _NONE])
    role.add_argument("--reason", required=True)
    role.set_defaults(run=run_role)
    listed = verbs.add_parser("list", help="everybody who may sign in")
    listed.add_argument("--operators", action="store_true", help="only who works at the desk")
    listed.set_defaults(run=run_list)


def run_create(args: argparse.Namespace) -> int:
    wanted = CreateUser(
        email=args.email, password=_password(), name=args.name, zone=args.zone, language=args.language, role=args.role
    )
    print(operators.create_user(runtime.env(), operator(), wanted))
    return 0


def run_role(args: argparse.Namespace) -> int:
    role = None if args.role == _NONE else args.role
    operators.set_role(runtime.env(), operator(), args.email, role, args.reason)
    print(f"{args.email}: {args.role}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        for person in people(tx, operators_only=args.operators):
            marks = [person.role or "", "" if person.is_verified else "unverified", "off" if person.is_disabled else ""]
            print(f"{person.email:<40} {person.account_id}  {' '.join(filter(None, marks))}".rstrip())
    return 0


def _password() -> str:
    """Never an argument: those stand in the shell's history and in the process list."""
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    return sys.stdin.readline().rstrip("\n")

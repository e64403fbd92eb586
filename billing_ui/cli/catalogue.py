"""`billing-ui catalogue check | show | diff | apply`: is the file right, what is sold, what would change, change it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from billing_ui import config, runtime
from billing_ui.catalogues.load import load
from billing_ui.cli.catalogue_diff import count, lines
from billing_ui.env import Env
from billing_ui.infra.db import migration_state
from billing_ui.queries import plans as sold
from billing_ui.rules.access import system
from billing_ui.rules.errors import Misconfigured
from billing_ui.services import plans

OK, CHANGES, WRONG = 0, 1, 2
_DECIMALS = {"IDR": 0, "USD": 2}

Run = Callable[[argparse.Namespace], int]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("catalogue", help="check, show, compare or apply the catalogue file")
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="read a catalogue file and say what is wrong with it")
    check.add_argument("name", nargs="?", help="a shipped catalogue, or the path of a .toml file")
    check.set_defaults(run=_telling(run_check))
    verbs.add_parser("show", help="what is sold now").set_defaults(run=_telling(run_show))
    for name, run, what in (
        ("diff", run_diff, "what apply would change (exit code 1 when it would change something)"),
        ("apply", run_apply, "bring the file into the database"),
    ):
        verb = verbs.add_parser(name, help=what)
        verb.add_argument("--overwrite", action="store_true", help="also replace what was changed at the desk")
        verb.set_defaults(run=_telling(run))


def _telling(run: Run) -> Run:
    """A wrong file or environment is one sentence and an exit code of its own."""

    def told(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except Misconfigured as error:
            print(error.facts.get("what"), file=sys.stderr)
        except config.ConfigInvalid as error:
            print(error, file=sys.stderr)
        return WRONG

    return told


def run_check(args: argparse.Namespace) -> int:
    catalogue = load(args.name or config.load().catalogue, os.environ)
    offers = len(catalogue.packages) + sum(len(plan.topup_options) for plan in catalogue.plans.values())
    print(
        f"{catalogue.name}: {count(len(catalogue.plans), 'plan')}, {count(offers, 'package')}, "
        f"{count(len(catalogue.operations), 'operation')}, {catalogue.currency}, all in order"
    )
    return OK


def run_show(_args: argparse.Namespace) -> int:
    env = _env()
    with env.db.read() as tx:
        cards, packages = sold.cards(tx), sold.packages(tx)
    for card in cards:
        price = _money(card.price_amount, card.currency) + (f" / {card.interval}" if card.interval else "")
        marks = ", ".join(word for word, on in (("highlighted", card.is_highlighted), ("soon", card.is_disabled)) if on)
        print(f"plan     {card.slug:<14} v{card.version:<3} {card.kind:<13}{price:<22}{marks}".rstrip())
        for option in card.options:
            print(_package_line(option))
    for package in packages:
        print(_package_line(package))
    if not cards:
        print("nothing is sold yet; run: billing-ui catalogue apply")
    return OK


def run_diff(args: argparse.Namespace) -> int:
    found = plans.diff(_env(), overwrite=args.overwrite)
    _print(found)
    return OK if found.is_empty else CHANGES


def run_apply(args: argparse.Namespace) -> int:
    env = _env()
    _print(plans.diff(env, overwrite=args.overwrite))
    done = plans.apply(env, system("cli"), overwrite=args.overwrite)
    if not done.is_empty:
        print("applied")
    return OK


def _env() -> Env:
    env = runtime.env()
    at, newest = migration_state(env.db)
    if at != newest:
        raise Misconfigured(
            what=f"the database is at migration {at or 'none'}, the code needs {newest}: run billing-ui db upgrade"
        )
    return env


def _print(found: plans.Diff) -> None:
    for line in lines(found):
        print(line)


def _package_line(view: sold.PackageView) -> str:
    tokens = f"{view.tokens:,} tokens" + (f" + {view.bonus_tokens:,}" if view.bonus_tokens else "")
    price = _money(view.amount, view.currency)
    mark = "popular" if view.is_popular else ""
    return f"package  {view.slug:<14} v{view.version:<3} {tokens:<28}{price:<22}{mark}".rstrip()


def _money(amount: int, currency: str) -> str:
    decimals = _DECIMALS.get(currency, 0)
    whole, rest = divmod(amount, 10**decimals)
    return f"{currency} {whole:,}" + (f".{rest:0{decimals}}" if decimals else "")

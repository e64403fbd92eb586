"""`billing-ui settings list | set`: the operators' settings, and changing one with a reason."""

from __future__ import annotations

import argparse
import json

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.rules.setting_values import stored
from billing_ui.rules.settings import SETTINGS, SettingValue
from billing_ui.services import settings
from billing_ui.services.settings import SettingView

_WORDS = {"choice", "line"}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("settings", help="show and change the operators' settings")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="every setting: value, default, and what it is for")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=run_list)
    changed = verbs.add_parser("set", help="change one; the old value set again takes it back")
    changed.add_argument("key", metavar="KEY", choices=SETTINGS, help="such as tax.mode")
    changed.add_argument(
        "value",
        metavar="VALUE",
        help='true, 11, included, [0, 3, 7], {"id": "…", "en": "…"}, {"QRIS": {"flat": 0, "per_10000": 70}}',
    )
    changed.add_argument("--reason", required=True, help="kept in the audit log")
    changed.set_defaults(run=run_set)


def run_list(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        views = settings.show(tx)
    if options.json:
        print(json.dumps([_told(view) for view in views], ensure_ascii=False, indent=2))
        return 0
    for view in views:
        mark = "*" if view.is_changed else " "
        print(f"{mark} {view.key:<28} {_word(view.value):<20} {view.description.en}")
    print("* differs from the catalogue's default")
    return 0


def run_set(options: argparse.Namespace) -> int:
    view = settings.set_value(
        runtime.env(), operator(), options.key, _typed(options.key, options.value), options.reason
    )
    print(f"{view.key} = {_word(view.value)}")
    return 0


def _typed(key: str, value: str) -> object:
    """Words stay words, also those that look like numbers: a tax number is a line."""
    if SETTINGS[key].kind in _WORDS:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _word(value: SettingValue) -> str:
    return value if isinstance(value, str) else json.dumps(stored(value)["v"], ensure_ascii=False)


def _told(view: SettingView) -> dict[str, object]:
    plain = [stored(word)["v"] for word in (view.value, view.default)]
    return {"key": view.key, "kind": view.kind, "value": plain[0], "default": plain[1], "changed": view.is_changed}

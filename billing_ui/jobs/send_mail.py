"""Renders and sends one mail."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.services import mails

KIND = mails.KIND


def run(env: Env, args: JsonMap) -> None:
    mails.send(env, args["key"], args["template"], args["user"], args["args"])

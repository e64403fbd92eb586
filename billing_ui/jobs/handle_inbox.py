"""Acts on one stored webhook."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.services import inbox

KIND = inbox.KIND


def run(env: Env, args: JsonMap) -> None:
    inbox.handle(env, args["message"])

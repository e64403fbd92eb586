"""Asks the gateway what became of one payment."""

from __future__ import annotations

from datetime import datetime

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.services import looks

KIND = looks.KIND


def run(env: Env, args: JsonMap) -> datetime | None:
    return looks.look(env, args["payment"])

"""Looks at one refund until the gateway has said how it ended."""

from __future__ import annotations

from datetime import datetime

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.services import refund_requests

KIND = refund_requests.KIND


def run(env: Env, args: JsonMap) -> datetime | None:
    return refund_requests.look(env, int(args["refund"]))

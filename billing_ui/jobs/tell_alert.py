"""Writes to the payers of an account that a balance or a limit is going to end."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.services import alert_mails

KIND = alert_mails.KIND


def run(env: Env, args: JsonMap) -> None:
    alert_mails.tell(env, args)

"""Gives paid purchases of before receipts existed the one they lack."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services.missing_receipts import issue_missing


def run(env: Env) -> int:
    return issue_missing(env)

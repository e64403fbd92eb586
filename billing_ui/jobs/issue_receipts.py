"""Gives paid purchases of before receipts existed the one they lack."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services import receipts


def run(env: Env) -> int:
    return receipts.issue_missing(env)

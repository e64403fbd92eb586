"""Finds payments that nobody is looking at."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services import sweeps


def run(env: Env) -> int:
    return sweeps.sweep_payments(env)

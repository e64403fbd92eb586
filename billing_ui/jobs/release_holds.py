"""Lets go of what was set aside for calls that never told their end."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services import expiries


def run(env: Env) -> int:
    return expiries.release_holds(env)

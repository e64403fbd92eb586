"""Takes expired tokens out of balances."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services import expiries


def run(env: Env) -> int:
    return expiries.expire_lots(env)

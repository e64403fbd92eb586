"""Removes rows that have served their purpose."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services import sweeps


def run(env: Env) -> int:
    return sweeps.purge(env)

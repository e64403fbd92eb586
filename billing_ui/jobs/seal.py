"""Seals the entries of the last day."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.services import seals


def run(env: Env) -> int:
    return seals.seal_books(env)

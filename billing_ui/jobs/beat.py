"""Shows that jobs are moving: coming round is all it does."""

from __future__ import annotations

from billing_ui.env import Env


def run(_env: Env) -> None:
    """Nothing; the round itself is the beat."""

"""Fills the demo's database: the newest shape, the catalogue's plans, and people with a little history."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from billing_ui import runtime
from billing_ui.cli import demo_cases
from billing_ui.cli.seed import seed
from billing_ui.infra.db import migrate
from billing_ui.rules.access import system
from billing_ui.services import plans


def prepare(told: Mapping[str, str], sandbox_url: str) -> tuple[str, list[dict[str, Any]]]:
    """The currency and the people. Every step may be done again and again."""
    os.environ.update(told)
    env = runtime.env()
    migrate(env.config.database_url)
    plans.apply(env, system("demo"))
    people = seed(env)
    demo_cases.prepare(env, sandbox_url)
    env.db.dispose()
    return env.catalogue.currency, people

"""Words for tests about use: events told as a host app tells them, answered at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from billing_ui.ledger import Outcome
from billing_ui.rules.access import Actor
from billing_ui.services import usage
from billing_ui.services.usage import Usage
from tests.world import Customer, World

HOST = Actor("host:test")


def use(
    world: World, customer: Customer, event_id: str, tokens: int = 1000, *, at: datetime | None = None, **told: Any
) -> Outcome:
    """One chat of so many tokens, or whatever is told instead."""
    asked: dict[str, Any] = {"operation": "chat", "input_tokens": tokens, "occurred_at": at} | told
    return usage.record_and_wait(world.env, HOST, Usage(customer.account_id, event_id, **asked))

"""Writes down who changed what, in the same transaction as the change."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.tracing import request_id
from billing_ui.models import Audit
from billing_ui.models.types import JsonMap
from billing_ui.rules.access import Actor


def record(
    tx: Tx,
    env: Env,
    actor: Actor,
    action: str,
    subject: str,
    reason: str = "",
    before: JsonMap | None = None,
    after: JsonMap | None = None,
) -> None:
    """One act. `subject` is a public id; `before` and `after` hold what changed, never secrets."""
    tx.add(
        Audit(
            at=env.clock.now(), actor=actor.name, action=action, subject=subject, reason=reason,
            before=before or {}, after=after or {}, request_id=request_id(),
        )
    )  # fmt: skip

"""Deliveries as they came: a list of the newest, and one with its body, laid out to be read and without secrets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import InboxMessage
from billing_ui.queries.admin_traces import WebhookLine, webhook

_LONGEST = 20_000
_SECRET = ("token", "secret", "signature", "password", "authorization", "api_key", "apikey", "cookie")
_HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery in full. `body` is pretty JSON where it was JSON, else the text as it came."""

    line: WebhookLine
    headers: dict[str, Any]
    body: str


def deliveries(tx: Tx, *, unfinished: bool = False, limit: int = 50) -> tuple[WebhookLine, ...]:
    """The newest first."""
    query = select(InboxMessage).order_by(col(InboxMessage.id).desc()).limit(limit)
    if unfinished:
        query = query.where(col(InboxMessage.handled_at).is_(None))
    return tuple(webhook(each) for each in tx.scalars(query))


def delivery(tx: Tx, message_id: int) -> DeliveryView | None:
    message = tx.get(InboxMessage, message_id)
    return (
        None
        if message is None
        else DeliveryView(webhook(message), without_secrets(message.headers), _told(message.body))
    )


def _told(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text[:_LONGEST]
    return json.dumps(without_secrets(parsed), indent=2, ensure_ascii=False)[:_LONGEST]


def without_secrets(value: Any) -> Any:
    """The same shape; whatever is called like a secret keeps its name and loses its value."""
    if isinstance(value, dict):
        return {
            name: _HIDDEN if any(word in str(name).lower() for word in _SECRET) else without_secrets(inner)
            for name, inner in value.items()
        }
    return [without_secrets(inner) for inner in value] if isinstance(value, list) else value

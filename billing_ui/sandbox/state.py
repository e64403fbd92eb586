"""What was asked, paid, told and mailed: the records of the sandbox."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from billing_ui.sandbox.channels import Channel

OPEN = frozenset({"REQUIRES_ACTION", "ACCEPTING_PAYMENTS"})
LATE = frozenset({"EXPIRED", "CANCELED"})


@dataclass(slots=True)
class Capture:
    id: str
    amount: int
    at: datetime


@dataclass(slots=True)
class Payment:
    id: str
    request_id: str
    status: str
    created: datetime
    updated: datetime
    captures: list[Capture] = field(default_factory=list)
    failure_code: str | None = None
    receipt: str = ""

    @property
    def amount(self) -> int:
        return sum(capture.amount for capture in self.captures)


@dataclass(slots=True)
class PaymentRequest:
    id: str
    reference: str
    type: str
    channel: Channel
    amount: int | None
    properties: dict[str, Any]
    extras: dict[str, Any]
    """What the caller sent and gets back unread: description, metadata, customer …"""
    created: datetime
    updated: datetime
    expires_at: datetime
    status: str
    actions: list[dict[str, str]] = field(default_factory=list)
    failure_code: str | None = None
    payments: list[Payment] = field(default_factory=list)
    deliveries: list["Delivery"] = field(default_factory=list)
    api: str = "v3"
    method_id: str = ""
    """The payment method of v2; v3 shows it to nobody."""
    checkout_id: str = ""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def stem(self) -> str:
        return self.reference.split("~", 1)[0]

    def action(self, descriptor: str) -> str | None:
        return next((action["value"] for action in self.actions if action["descriptor"] == descriptor), None)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell the app; every delivery and retry of it carries the same id and the same bytes."""

    id: str
    kind: str
    request: PaymentRequest | None
    body: bytes
    created: datetime


@dataclass(slots=True)
class Delivery:
    event: str
    event_id: str
    started: datetime
    status: int | None = None
    ms: int | None = None
    refusal: str = ""


@dataclass(slots=True)
class Mail:
    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    idempotency_key: str | None
    sent_at: datetime
    outcome: str
    rest: dict[str, Any]
    told: list[Delivery] = field(default_factory=list)

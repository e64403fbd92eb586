"""The books of the sandbox: what was asked, paid, told and mailed. In memory, touched on one event loop only."""

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


@dataclass(slots=True)
class Books:
    requests: dict[str, PaymentRequest] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    mail_keys: dict[str, tuple[datetime, str, Any]] = field(default_factory=dict)
    """Idempotency key → when, hash of the body, the answer it got."""
    events: dict[str, Event] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    _families: dict[str, list[PaymentRequest]] = field(default_factory=dict)
    """Reference and stem → requests, oldest first."""

    def clear(self) -> None:
        shelves = (self.requests, self.payments, self.mails, self.mail_keys, self.events, self.deliveries)
        for shelf in (*shelves, self._families):
            shelf.clear()

    def add(self, request: PaymentRequest) -> None:
        self.requests[request.id] = request
        for name in {request.reference, request.stem}:
            self._families.setdefault(name, []).append(request)

    def newest_first(self) -> list[PaymentRequest]:
        return list(reversed(self.requests.values()))

    def find(self, reference: str, *, late: bool = False) -> PaymentRequest | None:
        """The request a reference or gateway id means; a stem means its newest open request.

        An exact match that can still be paid wins over a newer sibling, so every attempt stays reachable.
        `late` looks for one that can no longer be paid in time, exact first.
        """
        if reference in self.requests:
            return self.requests[reference]
        family = self._families.get(reference, [])[::-1]
        candidates = sorted(family, key=lambda request: request.reference != reference)
        wanted = LATE if late else OPEN
        return next((request for request in candidates if request.status in wanted), next(iter(candidates), None))

    def mail(self, mail_id: str) -> Mail | None:
        return next((mail for mail in self.mails if mail.id == mail_id), None)

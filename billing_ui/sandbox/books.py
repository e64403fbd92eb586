"""The books of the sandbox: everything it remembers. In memory, touched on one event loop only."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from billing_ui.sandbox.records import Checkout, Dispute, Refund
from billing_ui.sandbox.state import LATE, OPEN, Delivery, Event, Mail, Payment, PaymentRequest


@dataclass(slots=True)
class Books:
    requests: dict[str, PaymentRequest] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    mail_keys: dict[str, tuple[datetime, str, Any]] = field(default_factory=dict)
    """Idempotency key → when, hash of the body, the answer it got."""
    events: dict[str, Event] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    checkouts: dict[str, Checkout] = field(default_factory=dict)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    """Idempotency key of Xendit's calls → hash of the body, status and body of the answer."""
    _families: dict[str, list[PaymentRequest]] = field(default_factory=dict)
    """Reference and stem → requests, oldest first."""

    def clear(self) -> None:
        for each in fields(self):
            getattr(self, each.name).clear()

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

    def checkout(self, name: str) -> Checkout | None:
        """By its id, else the newest of that reference."""
        found = [one for one in self.checkouts.values() if one.reference == name]
        return self.checkouts.get(name) or (found[-1] if found else None)

    def mail(self, mail_id: str) -> Mail | None:
        return next((mail for mail in self.mails if mail.id == mail_id), None)

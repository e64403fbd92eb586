"""The port every gateway adapter fills: ask for money, read the truth back, and understand what is called in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing_ui.rules.facts import (
    Created,
    GatewayTransaction,
    PaymentIntent,
    Refunded,
    RefundIntent,
    RequestStatus,
    Wake,
)


class WebhookRefused(Exception):
    """A webhook we do not take. `status` is the HTTP answer: 400 unreadable, 401 not authentic, 404 not configured."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(f"{status}: {why}")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a webhook says: its event name, the key that makes its repetitions one, and whom to ask about it."""

    event: str
    dedupe: str
    wakes: tuple[Wake, ...] = ()


class Gateway(Protocol):
    """Outside money. Calls raise GatewayRejected (nothing happened there) or GatewayUnavailable (nobody knows)."""

    @property
    def name(self) -> str: ...

    @property
    def reads_per_minute(self) -> int:
        """How often the gateway lets us read within a minute."""

    def create(self, intent: PaymentIntent) -> Created:
        """Ask for a payment. After GatewayUnavailable the same reference must never be used again."""

    def status(self, request_id: str, payment_ids: tuple[str, ...] = ()) -> RequestStatus:
        """Read one request back with all money that arrived for it, the payments named by webhooks included."""

    def cancel(self, request_id: str) -> bool:
        """Close a request that still waits; False when the gateway says it cannot be closed any more."""

    def payments_under(self, reference: str) -> tuple[str, ...]:
        """The ids of all payments in the gateway's own list that arrived under this reference of ours."""

    def refund(self, intent: RefundIntent) -> Refunded:
        """Ask for money to go back. The same reference again is the same refund."""

    def refund_status(self, refund_id: str) -> Refunded:
        """Read one refund back, with the request its payment was for."""

    def refund_by(self, reference: str, request_id: str) -> Refunded | None:
        """The refund of this request that we asked for under this reference; None when the gateway has none."""

    def transactions(self, since: datetime, until: datetime) -> Iterator[GatewayTransaction]:
        """The gateway's own list of money that moved in this time, refunds included."""

    def transactions_of(self, reference: str) -> Iterator[GatewayTransaction]:
        """All of that list that carries one reference, whenever it moved."""

    def request_of(self, gateway_payment_id: str) -> str | None:
        """The request a payment of that list belongs to, None when the gateway does not know the payment."""

    def ping(self) -> bool:
        """Whether the gateway answers us and knows our key."""

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises WebhookRefused (401, or 404 where no secret is configured) unless the gateway sent this."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> Parsed:
        """Pure and total: any bytes become Parsed or WebhookRefused(400). Never money, only whom to ask."""

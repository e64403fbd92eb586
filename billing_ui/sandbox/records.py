"""What may stand beside a payment: a refund, a dispute, a checkout page with its own life."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Refund:
    id: str
    payment_id: str
    request_id: str
    reference: str
    amount: int
    reason: str
    metadata: dict[str, Any] | None
    created: datetime
    updated: datetime
    status: str = "PENDING"
    failure_code: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "PENDING"

    @property
    def takes_money(self) -> bool:
        return self.status in {"PENDING", "SUCCEEDED"}


@dataclass(slots=True)
class Dispute:
    id: str
    payment_id: str
    amount: int
    created: datetime
    updated: datetime
    due: datetime
    status: str = "ACTION_REQUIRED"

    @property
    def is_open(self) -> bool:
        return self.status not in {"WON", "LOST"}


@dataclass(slots=True)
class Checkout:
    """A payment session or an invoice: the payer chooses the channel there, the payment request follows."""

    kind: str
    id: str
    reference: str
    amount: int
    extras: dict[str, Any]
    created: datetime
    updated: datetime
    expires_at: datetime
    status: str
    channels: tuple[str, ...]
    request_id: str = ""
    payment_ids: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.status in {"ACTIVE", "PENDING"}

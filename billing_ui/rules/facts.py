"""What a gateway can tell us: facts about money, in our words and units, whatever the gateway's own words are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from billing_ui.kit.amount import Amount

RequestState = Literal["open", "paid", "failed", "expired", "canceled", "unknown"]
InstructionKind = Literal["qr", "va", "redirect", "app", "push", "none"]
RefundState = Literal["pending", "succeeded", "failed", "canceled", "unknown"]
DisputeState = Literal["open", "won", "lost"]
TransactionKind = Literal["payment", "refund"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the customer needs to pay: a QR string, an account number, an address to open, an app with a QR string for
    other devices, or nothing but the phone that was asked."""

    kind: InstructionKind
    value: str = ""
    deeplink: str = ""


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """What we ask a gateway for. `reference` is ours and unique; the gateway gives it back in every webhook."""

    reference: str
    method: str
    total: Amount
    description: str
    customer_name: str
    expires_at: datetime
    return_url: str | None = None
    payer_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """The gateway's answer to an intent."""

    request_id: str
    instruction: Instruction
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Captured:
    """Money that arrived. `gateway_payment_id` is the only key money is counted by.

    `after_end` says that the gateway had closed the request: whoever brings the news, and when, it is late.
    """

    gateway: str
    gateway_payment_id: str
    request_id: str
    reference: str
    amount: Amount
    captured_at: datetime | None
    after_end: bool = False


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """What the gateway says when asked about one request: its state, the money it holds, why it failed."""

    request_id: str
    reference: str
    state: RequestState
    captures: tuple[Captured, ...] = ()
    failure_code: str | None = None


@dataclass(frozen=True, slots=True)
class RefundIntent:
    """What we ask a gateway to send back. `reference` is ours and unique: asking twice is asking once."""

    reference: str
    request_id: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Refunded:
    """What the gateway says of one refund. `reference` is ours where we asked for it."""

    gateway: str
    gateway_refund_id: str
    state: RefundState
    amount: Amount
    gateway_payment_id: str | None = None
    request_id: str | None = None
    reference: str | None = None
    failure_code: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeClaim:
    """What a webhook says of a dispute. No gateway call reads disputes back, so it stays a claim."""

    gateway_dispute_id: str
    state: DisputeState
    amount: int | None
    currency: str
    reason: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wake:
    """A webhook said something about this request: go and ask the gateway. Never money by itself."""

    gateway: str
    event: str
    request_id: str | None
    reference: str | None
    gateway_payment_id: str | None = None
    claims: str = ""
    detail: dict[str, str] = field(default_factory=dict)
    refund_id: str | None = None
    dispute: DisputeClaim | None = None


@dataclass(frozen=True, slots=True)
class GatewayTransaction:
    """A line of the gateway's own list of money that moved. `gateway_payment_id` is the payment, or the refund."""

    gateway: str
    transaction_id: str
    kind: TransactionKind
    gateway_payment_id: str
    reference: str
    amount: Amount
    happened_at: datetime

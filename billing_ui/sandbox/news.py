"""What the app is told of each happening, in the generation of webhooks that the mode asks for."""

import hashlib
from typing import Any

from billing_ui.sandbox import wire, wire_checkout, wire_claims, wire_v2
from billing_ui.sandbox.records import Checkout, Dispute, Refund
from billing_ui.sandbox.state import Event, Payment, PaymentRequest
from billing_ui.sandbox.world import World


def paid(world: World, payment: Payment, request: PaymentRequest) -> list[Event]:
    shape = _shape(world, request)
    if shape == "invoice":
        return [_invoice(world, "PAID", request, payment)]
    if shape == "v2":
        # The method of a one-time payment is retired right after; it says nothing about the money.
        return [
            _v2(world, "payment.succeeded", request, wire_v2.payment_json(payment, request)),
            _v2(world, "payment_method.expired", request, wire_v2.method_json(request)),
        ]
    told = [_v3(world, "payment.capture", request, wire.payment_json(payment, request))]
    if world.modes.request_events and request.status == "SUCCEEDED":
        told.append(_v3(world, "payment_request.succeeded", request, wire.request_json(request)))
    return told


def declined(world: World, payment: Payment, request: PaymentRequest) -> list[Event]:
    """Invoices tell nothing of an attempt that failed."""
    shape = _shape(world, request)
    if shape == "invoice":
        return []
    if shape == "v2":
        return [_v2(world, "payment.failed", request, wire_v2.payment_json(payment, request))]
    told = [_v3(world, "payment.failure", request, wire.payment_json(payment, request))]
    if world.modes.request_events and request.status == "FAILED":
        told.append(_v3(world, "payment_request.failed", request, wire.request_json(request)))
    return told


def expired(world: World, request: PaymentRequest) -> list[Event]:
    shape = _shape(world, request)
    if shape == "invoice":
        return [_invoice(world, "EXPIRED", request, None)]
    if shape == "v2":
        return [_v2(world, "payment_method.expired", request, wire_v2.method_json(request))]
    return [_v3(world, world.modes.expiry, request, wire.request_json(request))]


def session_ended(world: World, session: Checkout, request: PaymentRequest | None) -> list[Event]:
    kind = "payment_session.completed" if session.status == "COMPLETED" else "payment_session.expired"
    return [_v3(world, kind, request, wire_checkout.session_json(world.settings, session))]


def refunded(world: World, refund: Refund, request: PaymentRequest) -> list[Event]:
    """A cancelled refund is told to nobody: there is no such webhook."""
    if refund.status not in {"SUCCEEDED", "FAILED"}:
        return []
    kind, now = f"refund.{refund.status.lower()}", world.clock()
    nested = world.modes.refunds == "nested"
    body = wire_claims.refund_envelope(kind, now, wire_claims.refund_json(refund, request), nested=nested)
    return [Event(world.ids.uuid(), kind, request, body, now)]


def disputed(world: World, dispute: Dispute, request: PaymentRequest) -> list[Event]:
    kind = f"dispute.{dispute.status.lower()}"
    body = wire_claims.dispute_body(kind, dispute, request)
    return [Event(world.ids.uuid(), kind, request, body, world.clock())]


def invoice_expired(world: World, invoice: Checkout) -> Event:
    body = wire_checkout.invoice_callback(invoice.id, "EXPIRED", invoice)
    return Event(world.ids.uuid(), "invoice.expired", None, body, world.clock())


def _shape(world: World, request: PaymentRequest) -> str:
    """Who asked the old way is answered the old way; everybody else as the mode says."""
    checkout = world.books.checkouts.get(request.checkout_id)
    if checkout is not None:
        return "invoice" if checkout.kind == "invoice" else "v3"
    return "v2" if request.api == "v2" else world.modes.shape(world.dice)


def _v3(world: World, kind: str, request: PaymentRequest | None, data: dict[str, Any]) -> Event:
    now = world.clock()
    return Event(world.ids.uuid(), kind, request, wire.envelope(kind, now, data), now)


def _v2(world: World, kind: str, request: PaymentRequest, data: dict[str, Any]) -> Event:
    now = world.clock()
    return Event(world.ids.uuid(), kind, request, wire_v2.envelope(kind, now, data), now)


def _invoice(world: World, status: str, request: PaymentRequest, payment: Payment | None) -> Event:
    invoice_id = request.checkout_id or hashlib.sha256(request.id.encode()).hexdigest()[:24]
    paid = None if payment is None else (request, payment)
    body = wire_checkout.invoice_callback(invoice_id, status, request, paid)
    return Event(world.ids.uuid(), f"invoice.{status.lower()}", request, body, world.clock())

"""The JSON shapes of payment sessions and invoices; an invoice's callback is flat and carries no event name."""

import json
from typing import Any

from billing_ui.sandbox.channels import CHANNELS, Kind
from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.records import Checkout
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.state import Payment, PaymentRequest
from billing_ui.sandbox.wire import BUSINESS_ID
from billing_ui.sandbox.wire_v2 import TYPES, channel_code

_DESTINATION = "VIRTUAL_ACCOUNT_NUMBER"
_INVOICE_TYPES = {**TYPES, Kind.BANK: "BANK_TRANSFER", Kind.CARD: "CREDIT_CARD"}


def session_json(settings: Settings, session: Checkout) -> dict[str, Any]:
    body = {
        "payment_session_id": session.id,
        "business_id": BUSINESS_ID,
        "reference_id": session.reference,
        "customer_id": None,
        "country": "ID",
        "currency": "IDR",
        "amount": session.amount,
        "locale": "id",
        **session.extras,
        "expires_at": wire_time(session.expires_at),
        "status": session.status,
        "payment_link_url": f"{settings.own_url}/checkout/{session.id}",
        "created": wire_time(session.created),
        "updated": wire_time(session.updated),
    }
    if session.payment_ids:
        body |= {"payment_request_id": session.request_id, "payment_id": session.payment_ids[-1]}
    return body


def invoice_json(settings: Settings, invoice: Checkout) -> dict[str, Any]:
    channels = [CHANNELS[code] for code in invoice.channels]
    listed = {kind: [channel for channel in channels if channel.kind is kind] for kind in Kind}
    return {
        "id": invoice.id,
        "external_id": invoice.reference,
        "user_id": BUSINESS_ID,
        "status": invoice.status,
        "merchant_name": settings.merchant,
        "merchant_profile_picture_url": f"{settings.own_url}/merchant.png",
        "amount": invoice.amount,
        "currency": "IDR",
        **invoice.extras,
        "expiry_date": wire_time(invoice.expires_at),
        "invoice_url": f"{settings.own_url}/checkout/{invoice.id}",
        "available_banks": [
            {"bank_code": channel_code(channel), "collection_type": "POOL", "bank_branch": "Virtual Account",
             "transfer_amount": invoice.amount, "account_holder_name": settings.merchant}
            for channel in listed[Kind.BANK]
        ],
        "available_retail_outlets": [],
        "available_ewallets": [{"ewallet_type": channel.code} for channel in listed[Kind.WALLET]],
        "available_qr_codes": [{"qr_code_type": channel.code} for channel in listed[Kind.QR]],
        "available_direct_debits": [],
        "available_paylaters": [],
        "should_exclude_credit_card": True,
        "should_send_email": False,
        "created": wire_time(invoice.created),
        "updated": wire_time(invoice.updated),
    }  # fmt: skip


def invoice_callback(
    invoice_id: str,
    status: str,
    bill: PaymentRequest | Checkout,
    paid: tuple[PaymentRequest, Payment] | None = None,
) -> bytes:
    """Told about an invoice, or in the mode `invoice` about any request. Bank samples name no payment."""
    body: dict[str, Any] = {
        "id": invoice_id,
        "external_id": bill.reference,
        "user_id": BUSINESS_ID,
        "is_high": False,
        "status": status,
        "merchant_name": "Xendit",
        "amount": bill.amount,
        "currency": "IDR",
        "description": bill.extras.get("description", ""),
        "created": wire_time(bill.created),
        "updated": wire_time(bill.updated),
    }
    if paid is not None:
        request, payment = paid
        kind = request.channel.kind
        body |= {
            "paid_amount": payment.amount,
            "paid_at": wire_time(payment.updated),
            "payment_method": _INVOICE_TYPES[kind],
            "payment_channel": channel_code(request.channel),
            "payment_details": {"receipt_id": payment.receipt, "source": request.channel.name},
        }
        if kind is Kind.BANK:
            body |= {"bank_code": channel_code(request.channel), "payment_destination": request.action(_DESTINATION)}
        else:
            body |= {"payment_id": payment.id}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

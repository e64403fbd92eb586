"""The public page that proves a receipt: it asks for the code, and tells nothing without it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.receipts import ReceiptView
from billing_ui.rules.errors import BillingError
from billing_ui.rules.receipts import is_number
from billing_ui.security.policy import policy
from billing_ui.services import receipts
from billing_ui.state.feedback import NOTHING, told
from billing_ui.state.labels import instant
from billing_ui.state.session import enter

_LONGEST_CODE = 40


class ReceiptState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    number: rx.Field[str] = rx.field("")
    typed: rx.Field[str] = rx.field("")
    proof: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))

    @rx.event
    @policy("public")
    async def open(self) -> None:
        """The code comes with the address: from the printed link, or from the form of this page."""
        await enter(self)
        number = self.router.url.path.rstrip("/").rpartition("/")[2]
        self.number = number if is_number(number) else ""
        self.typed = self.router.url.query_parameters.get("c", "").strip()[:_LONGEST_CODE]
        self.proof, self.error = {}, dict(NOTHING)
        if self.typed:
            try:
                address = str(self.router.session.client_ip)
                found = await runtime.run(receipts.check, runtime.env(), self.number, self.typed, address)
                self.proof = _shown(found)
            except BillingError as problem:
                self.error = told(problem)
        self.ready = True


def _shown(receipt: ReceiptView) -> dict[str, Any]:
    """What a stranger with the paper in hand may compare; not who paid, nor what for."""
    return {
        "number": receipt.number,
        "brand": receipt.brand,
        "issuer": receipt.seller.name,
        "total": receipt.total,
        "refunded": receipt.refunded,
        "currency": receipt.currency,
        "paid_at": instant(receipt.paid_at),
        "zone": receipt.zone,
        "standing": receipt.standing,
    }

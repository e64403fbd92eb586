"""The host app asks for a payment on behalf of an account, and how a payment stands."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fastapi import APIRouter, Request, Security
from pydantic import BaseModel
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.api import documents
from billing_ui.api.auth import HostRoute, bearer, caller, needs
from billing_ui.api.bodies import read
from billing_ui.api.metering import REPLAYED
from billing_ui.api.schemas import PaymentAnswer, ReceiptLink, TimelineEntry, TopupAnswer, TopupAsk
from billing_ui.api.whose import named
from billing_ui.env import Env
from billing_ui.queries.host_payments import HostPaymentView, host_payment
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.services import host_payments
from billing_ui.services.host_payments import HostTopup

router = APIRouter(route_class=HostRoute, prefix="/api/payments", tags=["payments"], dependencies=[Security(bearer)])

_KEY = re.compile("[!-~]{8,80}")
_INSTRUCTIONS = {"qr": "qr_string", "app": "qr_string", "va": "va_number", "redirect": "redirect_url"}
# A repetition may come while the first request still waits for the gateway, which takes at most ten seconds.
_LOOKS, _PAUSE_S = 55, 0.2


@router.post(
    "/topup",
    summary="Ask for a top-up",
    status_code=201,
    responses=documents.TOPUP_ANSWERS,
    openapi_extra=documents.TOPUP_REQUEST,
)
async def request_topup(request: Request) -> JSONResponse:
    """Makes a purchase payable. Repeat it with the same `Idempotency-Key` as often as needed: it stays one purchase."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        why = "8_to_80_ascii_characters" if keys else "missing"
        raise FieldInvalid(field="Idempotency-Key", why=why)
    ask = await read(request, TopupAsk)
    named(ask)
    env = runtime.env()
    wish = HostTopup(ask.amount, ask.method, keys[0], ask.account, ask.external_id, ask.phone)
    ref, is_new = await runtime.run(host_payments.request, env, caller(request).actor, wish)
    found = await _answered(env, ref)
    answer = TopupAnswer(**_payable(env, found))
    if is_new:
        return _json(answer, 201, {"Location": f"/api/payments/{ref}"})
    return _json(answer, 200, REPLAYED)


@router.get(
    "/{payment_id}",
    summary="How a purchase stands",
    responses=documents.PAYMENT_ANSWERS,
    openapi_extra=needs("payments:read"),
)
async def payment(payment_id: str) -> JSONResponse:
    """How a purchase stands, by its own id or by that of one of its payments."""
    env = runtime.env()
    found = await runtime.run(_read, env, payment_id)
    shown = found.shown
    return _json(
        PaymentAnswer(
            **_payable(env, found),
            attempt=shown.payment,
            account=found.account,
            external_id=found.external_id,
            tokens=shown.tokens,
            created_at=shown.created_at,
            paid_at=shown.paid_at,
            is_late=found.is_late,
            receipt=_receipt(env, found),
            timeline=[
                TimelineEntry.model_validate(
                    {"at": line.at, "kind": line.kind, "status": line.status, "attempt": line.attempt}
                )
                for line in found.timeline
            ],
        )
    )


async def _answered(env: Env, ref: str) -> HostPaymentView:
    """The purchase once the gateway was heard, or as it is when that takes too long."""
    for _look in range(_LOOKS):
        found = await runtime.run(_read, env, ref)
        if found.shown.status != "created":
            break
        await asyncio.sleep(_PAUSE_S)
    return found


def _read(env: Env, public_id: str) -> HostPaymentView:
    with env.db.read() as tx:
        found = host_payment(tx, public_id) if public_id.isascii() and public_id.isprintable() else None
    if found is None:
        raise NotFound(what="payment")
    return found


def _payable(env: Env, found: HostPaymentView) -> dict[str, Any]:
    shown = found.shown
    told: dict[str, Any] = {
        "payment_id": shown.ref, "status": shown.status, "amount": shown.amount, "fee": shown.fee, "tax": shown.tax,
        "total": shown.total, "currency": shown.currency, "method": shown.method, "expires_at": shown.expires_at,
        "pay_url": env.config.url(f"/pay/{shown.ref}/"), "failure_code": shown.failure_code or None,
    }  # fmt: skip
    if shown.status == "pending" and shown.instruction_kind in _INSTRUCTIONS:
        told[_INSTRUCTIONS[shown.instruction_kind]] = shown.instruction_value or None
        told["deeplink"] = shown.deeplink or None
    return told


def _receipt(env: Env, found: HostPaymentView) -> ReceiptLink | None:
    receipt = found.receipt
    if receipt is None:
        return None
    return ReceiptLink(number=receipt.number, url=env.config.url(receipt.pdf), verify_url=env.config.url(receipt.proof))


def _json(answer: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    """What does not apply is left out, except a time of payment that is still to come."""
    told = answer.model_dump(mode="json", exclude_none=True)
    if isinstance(answer, PaymentAnswer):
        told.setdefault("paid_at", None)
    return JSONResponse(told, status, headers)

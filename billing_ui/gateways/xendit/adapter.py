"""The Xendit adapter: our intents in its words, its answers in ours."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from billing_ui.gateways.base import Parsed, WebhookRefused
from billing_ui.gateways.xendit import answers, asks, refunds, transactions, webhooks
from billing_ui.gateways.xendit.wire import NOT_ASKED, TIMEOUT_S, Wire, is_safe_id
from billing_ui.kit.clock import Clock
from billing_ui.rules.errors import GatewayError, GatewayRejected, GatewayUnavailable
from billing_ui.rules.facts import (
    Captured,
    Created,
    GatewayTransaction,
    PaymentIntent,
    Refunded,
    RefundIntent,
    RequestStatus,
)
from billing_ui.rules.methods import METHODS

_REQUESTS = "/v3/payment_requests"
_REQUEST = "/v3/payment_requests/{request_id}"
_PAYMENT = "/v3/payments/{payment_id}"
# Published for each endpoint. The keys for trying out have a tenth of the room, at Xendit itself.
_READS_PER_MINUTE, _TEST_READS_PER_MINUTE = 600, 60
_PING_TIMEOUT_S = (1.0, 2.0)  # somebody waits for the answer, and "no" is one


class XenditGateway:
    """One merchant account at Xendit. Several callback tokens are valid while one replaces the other."""

    name = answers.GATEWAY

    def __init__(
        self,
        api_key: str,
        base_url: str,
        callback_tokens: tuple[str, ...],
        *,
        timeout_s: tuple[float, float] = TIMEOUT_S,
        reads_per_minute: int | None = None,
        phone_fields: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        is_trial = api_key.startswith("xnd_development_") and urlsplit(base_url).hostname == "api.xendit.co"
        self.reads_per_minute = reads_per_minute or (_TEST_READS_PER_MINUTE if is_trial else _READS_PER_MINUTE)
        self._wire = Wire(api_key, base_url, timeout_s, clock)
        self._phone_fields = {**asks.PHONE_FIELDS, **(phone_fields or {})}
        self._tokens = tuple(token.encode() for token in callback_tokens if token)

    def create(self, intent: PaymentIntent) -> Created:
        method = METHODS.get(intent.method)
        if method is None or method.gateway != self.name or intent.total.unit != "IDR":
            raise GatewayRejected(reason="METHOD_NOT_OURS")
        if method.needs_phone and not intent.payer_phone:
            raise GatewayRejected(reason="PHONE_MISSING")
        body = asks.request_body(intent, method, self._phone_fields)
        try:
            answer = self._wire.post(_REQUESTS, body, key=intent.reference)
        except GatewayUnavailable as error:
            if error.facts.get("reason") != NOT_ASKED:
                raise
            # Nothing was sent, so nothing can be owed: the customer is told at once and may choose another way.
            raise GatewayRejected(reason="CHANNEL_UNAVAILABLE") from error
        request_id = answers.word(answer.get("payment_request_id"))
        if request_id is None or not is_safe_id(request_id):
            raise GatewayUnavailable(reason="NO_REQUEST_ID")
        if answer.get("status") == "FAILED":
            raise GatewayRejected(reason=answers.failure(answer) or "FAILED")
        if not asks.echoes(answer, intent):
            raise GatewayUnavailable(reason="ANSWER_ABOUT_SOMETHING_ELSE")
        properties = answer.get("channel_properties")
        expires_at = properties.get("expires_at") if isinstance(properties, dict) else None
        return Created(request_id, answers.instruction(answer, method.action), answers.instant(expires_at))

    def status(self, request_id: str, payment_ids: tuple[str, ...] = ()) -> RequestStatus:
        request = self._wire.get(_REQUEST, request_id=request_id)
        if answers.word(request.get("payment_request_id")) != request_id:
            raise GatewayUnavailable(reason="ANSWER_ABOUT_SOMETHING_ELSE")
        latest = answers.word(request.get("latest_payment_id"))
        payments: dict[str, dict[str, Any]] = {}
        for payment_id in dict.fromkeys((*([latest] if latest else []), *payment_ids)):
            payment = self._payment(payment_id, is_named_by_webhook=payment_id != latest)
            # A webhook may name a payment of another request; its money is told under its own request only.
            if payment is not None and payment.get("payment_request_id") == request_id:
                payments[payment_id] = payment
        state = answers.state(request.get("status"))
        captures = (answers.captured(payment, payment_id, state) for payment_id, payment in payments.items())
        return RequestStatus(
            request_id=request_id,
            reference=answers.word(request.get("reference_id")) or "",
            state=state,
            captures=tuple(capture for capture in captures if isinstance(capture, Captured)),
            failure_code=answers.failure(request, *payments.values()),
        )

    def cancel(self, request_id: str) -> bool:
        try:
            answer = self._wire.post(f"{_REQUEST}/cancel", None, request_id=request_id)
        except GatewayRejected:
            return False
        return answers.state(answer.get("status")) == "canceled"

    def payments_under(self, reference: str) -> tuple[str, ...]:
        return transactions.payments_under(self._wire, reference)

    def refund(self, intent: RefundIntent) -> Refunded:
        return refunds.ask(self._wire, intent)

    def refund_status(self, refund_id: str) -> Refunded:
        return refunds.read(self._wire, refund_id)

    def refund_by(self, reference: str, request_id: str) -> Refunded | None:
        return refunds.find(self._wire, reference, request_id)

    def transactions(self, since: datetime, until: datetime) -> Iterator[GatewayTransaction]:
        return transactions.between(self._wire, since, until)

    def transactions_of(self, reference: str) -> Iterator[GatewayTransaction]:
        return transactions.of_reference(self._wire, reference)

    def request_of(self, gateway_payment_id: str) -> str | None:
        return transactions.request_of(self._wire, gateway_payment_id)

    def ping(self) -> bool:
        try:
            self._wire.get("/balance", timeout_s=_PING_TIMEOUT_S)
        except GatewayError:
            return False
        return True

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:  # noqa: ARG002 - the token signs no body
        """The token is a shared secret, so it proves the sender only; what the body claims is read back."""
        if not self._tokens:
            raise WebhookRefused(404, "no callback token is configured")
        given = webhooks.header(headers, "x-callback-token").encode("utf-8", "surrogatepass")
        matches = [hmac.compare_digest(given, token) for token in self._tokens]
        if not given or not any(matches):
            raise WebhookRefused(401, "the callback token does not match")

    def parse(self, headers: Mapping[str, str], body: bytes) -> Parsed:
        return webhooks.parse(headers, body)

    def _payment(self, payment_id: str, *, is_named_by_webhook: bool) -> dict[str, Any] | None:
        try:
            return self._wire.get(_PAYMENT, payment_id=payment_id)
        except GatewayRejected as error:
            if is_named_by_webhook:
                return None
            # The gateway named this payment itself a moment ago: not there yet is not the same as not there.
            raise GatewayUnavailable(reason="PAYMENT_NOT_READABLE") from error

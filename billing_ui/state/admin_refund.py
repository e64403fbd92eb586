"""The dialog in which an operator sends back what paid a purchase: how much, its consequence, by which way, and why."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from string import digits
from typing import Any, Literal

import reflex as rx

from billing_ui import runtime
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import refund_offers, refund_requests
from billing_ui.services.refund_offers import Offer
from billing_ui.services.refund_requests import RefundView
from billing_ui.state.admin_act import SHORTEST_NOTE, DeskAct, require
from billing_ui.state.admin_labels import audit_number
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.feedback import told

Way = Literal["gateway", "manual"]
Reason = Literal["customer_asked", "wrong_sum", "not_delivered", "something"]


class AdminRefund(DeskAct, rx.State):
    """`case` is what may go back and `does` what the amount in the box would do; nothing moves before `send`.

    The key is made when the dialog opens: however often the button is pressed, it is one refund.
    """

    does: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    amount: rx.Field[int] = rx.field(0)
    way: rx.Field[str] = rx.field("")
    reason: rx.Field[str] = rx.field("")
    _key: str = ""

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def ask(self) -> None:
        """Opens the dialog with the most that may go back now."""
        who, desk = viewer(self), await self.get_state(AdminPayment)
        if who is None or not desk.found:
            return
        try:
            offer = await runtime.run(refund_offers.offer, runtime.env(), who.actor, str(desk.file["facts"]["id"]))
        except BillingError as problem:
            desk.error = told(problem)
            return
        self._open(_case(offer))
        self._show(offer)
        self.way = "gateway" if offer.is_refundable else "manual"
        self._key = runtime.env().ids.public("form")

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def type_amount(self, amount: int) -> None:
        """The consequence is worked out anew, with what is true by now."""
        who = viewer(self)
        if who is not None and self.opened:
            payment = str(self.case["payment"])
            self._show(await runtime.run(refund_offers.offer, runtime.env(), who.actor, payment, amount))

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def go(self, way: Way) -> None:
        if way == "manual" or self.case.get("no_way") == "":
            self.way = way

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def because(self, reason: Reason | Literal[""]) -> None:
        self.reason = reason

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def send(self) -> AsyncGenerator[Any, None]:
        async for step in self._act(self._sent, _outcome):
            yield step

    def _sent(self, actor: Actor) -> RefundView:
        note, typed = self._box("note"), "".join(letter for letter in self._box("typed") if letter in digits)
        require({
            "amount": not self.does["fits"], "reason": not self.reason, "note": len(note) < SHORTEST_NOTE,
        })  # fmt: skip
        env, payment, words = runtime.env(), str(self.case["payment"]), f"{self.reason}: {note}"
        confirmed = int(typed) if typed else None
        if self.way == "gateway":
            return refund_requests.request(env, actor, payment, self.amount, words, key=self._key, confirmed=confirmed)
        number = self._box("number")
        return refund_requests.record_manual(
            env, actor, payment, self.amount, words, number, key=self._key, confirmed=confirmed
        )

    def _show(self, offer: Offer) -> None:
        self.amount, self.case = offer.amount, _case(offer)
        self.does = {
            "tokens": offer.tokens, "before": offer.balance, "after": offer.balance - offer.tokens,
            "fits": 0 < offer.amount <= offer.maximum, "large": offer.is_large,
        }  # fmt: skip


def _case(offer: Offer) -> dict[str, Any]:
    return {
        "payment": offer.payment, "method": offer.method, "currency": offer.currency, "maximum": offer.maximum,
        "limit": offer.limit, "no_way": offer.no_way or "", "disputed": offer.is_disputed,
    }  # fmt: skip


def _came_of(done: RefundView) -> str:
    if done.status == "succeeded":
        return "done" if done.kind == "gateway" else "by_hand"
    return "refused" if done.status in {"failed", "canceled"} else "asked"


def _outcome(done: RefundView, file: dict[str, Any]) -> dict[str, Any]:
    after = file["facts"]["balance"]
    figures = {
        "money": {"money": done.amount, "currency": done.currency}, "tokens": done.tokens,
        "before": after + done.tokens, "after": after,
        "number": audit_number(file, "refund.", "payment.refunded"), "code": done.failure_code or "–",
    }  # fmt: skip
    return {"key": f"adm.sent_back.{_came_of(done)}", "args": figures}

"""The dialog in which an operator sends back what paid a purchase: how much, its consequence, by which way, and why."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Literal

import reflex as rx

from billing_ui import runtime
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError, FieldInvalid
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import refund_offers, refund_requests, settings
from billing_ui.services.refund_offers import Offer
from billing_ui.services.refund_requests import RefundView
from billing_ui.state.admin_labels import audit_number
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.feedback import NOTHING, told

Way = Literal["gateway", "manual"]
Reason = Literal["customer_asked", "wrong_sum", "not_delivered", "something"]
Box = Literal["note", "number", "typed"]
SHORTEST_NOTE = 10


class AdminRefund(rx.State):
    """`case` is what may go back and `does` what the amount in the box would do; nothing moves before `send`.

    The key is made when the dialog opens: however often the button is pressed, it is one refund.
    """

    opened: rx.Field[bool] = rx.field(False)
    times: rx.Field[int] = rx.field(0)
    case: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    does: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    amount: rx.Field[int] = rx.field(0)
    way: rx.Field[str] = rx.field("")
    reason: rx.Field[str] = rx.field("")
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    _boxes: dict[Box, str] = {}  # noqa: RUF012 - the framework copies it for each tab
    _key: str = ""

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def ask(self) -> None:
        """Opens the dialog with the most that may go back now."""
        who, desk = viewer(self), await self.get_state(AdminPayment)
        if who is None or not desk.found:
            return
        self._empty()
        try:
            offer, limit = await runtime.run(_read, who.actor, str(desk.file["facts"]["id"]))
        except BillingError as problem:
            desk.error = told(problem)
            return
        self._show(offer, limit)
        self.way = "gateway" if offer.is_refundable else "manual"
        self._key = runtime.env().ids.public("form")
        self.opened, self.times = True, self.times + 1

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def type_amount(self, amount: int) -> None:
        """The consequence is worked out anew, with what is true by now."""
        who = viewer(self)
        if who is not None and self.opened:
            offer, limit = await runtime.run(_read, who.actor, str(self.case["payment"]), amount)
            self._show(offer, limit)

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def go(self, way: Way) -> None:
        if way == "manual" or self.case.get("refundable"):
            self.way = way

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def because(self, reason: Reason | Literal[""]) -> None:
        self.reason = reason

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def write(self, box: Box, words: str) -> None:
        self._boxes = {**self._boxes, box: words.strip()}

    @rx.event
    @policy("operator", perm="accounts.read")
    async def close(self) -> None:
        """Also whenever a file is opened: a question belongs to the page it was asked on."""
        self._empty()

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def send(self) -> AsyncGenerator[Any, None]:
        """What came of it is said on the page, with its number in the audit."""
        who = viewer(self)
        if who is None or self.busy or not self.opened:
            return
        self.busy, self.error = True, dict(NOTHING)
        yield
        try:
            self._require_whole()
            done = await runtime.run(self._sent, who.actor)
        except BillingError as problem:
            self.error = told(problem)
            return
        finally:
            self.busy = False
        self._empty()
        desk = await self.get_state(AdminPayment)
        desk.error = dict(NOTHING)
        await desk._open(done.payment)
        number = audit_number(desk.file, "refund.", "payment.refunded")
        after = desk.file["facts"]["balance"]
        desk.told = {"key": f"adm.sent_back.{_came_of(done)}", "args": _figures(done, after, number)}

    def _sent(self, actor: Actor) -> RefundView:
        env, payment, words = runtime.env(), str(self.case["payment"]), f"{self.reason}: {self._box('note')}"
        if self.way == "gateway":
            return refund_requests.request(env, actor, payment, self.amount, words, key=self._key)
        number = self._box("number")
        return refund_requests.record_manual(env, actor, payment, self.amount, words, number, key=self._key)

    def _show(self, offer: Offer, limit: int) -> None:
        self.amount = offer.amount
        self.case = {
            "payment": offer.payment, "method": offer.method, "currency": offer.currency, "maximum": offer.maximum,
            "limit": offer.limit, "refundable": offer.is_refundable, "disputed": offer.is_disputed,
        }  # fmt: skip
        self.does = {
            "tokens": offer.tokens, "before": offer.balance, "after": offer.balance - offer.tokens,
            "fits": 0 < offer.amount <= offer.maximum, "large": offer.amount > limit,
        }  # fmt: skip

    def _require_whole(self) -> None:
        typed = "".join(letter for letter in self._box("typed") if letter.isdigit())
        for name, is_wrong in (
            ("amount", not self.does["fits"]), ("reason", not self.reason),
            ("note", len(self._box("note")) < SHORTEST_NOTE),
            ("typed", self.does["large"] and typed != str(self.amount)),
        ):  # fmt: skip
            if is_wrong:
                raise FieldInvalid(field=name, why="required")

    def _box(self, name: Box) -> str:
        return self._boxes.get(name, "")

    def _empty(self) -> None:
        self.opened, self.case, self.does, self.amount, self.way, self.reason = False, {}, {}, 0, "", ""
        self._boxes, self._key, self.error = {}, "", dict(NOTHING)


def _read(actor: Actor, payment: str, amount: int | None = None) -> tuple[Offer, int]:
    env = runtime.env()
    with env.db.read() as tx:
        limit = int(settings.get(tx, "approval.refund_amount"))
    return refund_offers.offer(env, actor, payment, amount), limit


def _came_of(done: RefundView) -> str:
    if done.status == "succeeded":
        return "done" if done.kind == "gateway" else "by_hand"
    return "refused" if done.status in {"failed", "canceled"} else "asked"


def _figures(done: RefundView, after: int, number: str) -> dict[str, Any]:
    return {
        "money": {"money": done.amount, "currency": done.currency}, "tokens": done.tokens,
        "before": after + done.tokens, "after": after, "number": number, "code": done.failure_code or "–",
    }  # fmt: skip

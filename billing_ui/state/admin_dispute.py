"""The dialog in which an operator says how a dispute ended; until then its tokens are frozen and no money moves."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

import reflex as rx

from billing_ui import runtime
from billing_ui.rules.errors import BillingError, FieldInvalid
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import disputes, refund_offers
from billing_ui.services.disputes import End
from billing_ui.services.refund_offers import Question
from billing_ui.state.admin_labels import audit_number
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.feedback import NOTHING, told
from billing_ui.state.labels import instant


class AdminDispute(rx.State):
    """`case` is the dispute, what the gateway said of it, and what each end would do."""

    opened: rx.Field[bool] = rx.field(False)
    times: rx.Field[int] = rx.field(0)
    case: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    end: rx.Field[str] = rx.field("")
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    _note: str = ""

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def ask(self, dispute: str) -> None:
        """Opens the dialog; the figures are read now."""
        who, desk = viewer(self), await self.get_state(AdminPayment)
        if who is None or not desk.found:
            return
        self._empty()
        try:
            found = await runtime.run(refund_offers.question, runtime.env(), who.actor, dispute)
        except BillingError as problem:
            desk.error = told(problem)
            return
        self.case, self.opened, self.times = _case(found), True, self.times + 1

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def choose(self, end: End) -> None:
        if self.opened:
            self.end = end

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def write_note(self, words: str) -> None:
        self._note = words

    @rx.event
    @policy("operator", perm="accounts.read")
    async def close(self) -> None:
        """Also whenever a file is opened: a question belongs to the page it was asked on."""
        self._empty()

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def conclude(self) -> AsyncGenerator[Any, None]:
        """What came of it is said on the page, with its number in the audit."""
        who = viewer(self)
        if who is None or self.busy or not self.opened:
            return
        self.busy, self.error = True, dict(NOTHING)
        yield
        try:
            if not self.end:
                raise FieldInvalid(field="end", why="required")
            done = await runtime.run(
                disputes.conclude, runtime.env(), who.actor, str(self.case["dispute"]), cast(End, self.end), self._note
            )
        except BillingError as problem:
            self.error = told(problem)
            return
        finally:
            self.busy = False
        self._empty()
        desk = await self.get_state(AdminPayment)
        desk.error = dict(NOTHING)
        await desk._open(done.payment)
        desk.told = {
            "key": f"adm.dispute_over.{done.status}",
            "args": {
                "money": {"money": done.booked, "currency": done.currency}, "tokens": done.tokens,
                "after": done.balance_after, "number": audit_number(desk.file, "dispute."),
            },
        }  # fmt: skip

    def _empty(self) -> None:
        self.opened, self.case, self.end, self._note, self.error = False, {}, "", "", dict(NOTHING)


def _case(found: Question) -> dict[str, Any]:
    return {
        "dispute": found.dispute, "told": found.told, "reason": found.reason, "due_at": instant(found.due_at),
        "currency": found.currency, "claimed": found.claimed, "amount": found.amount, "tokens": found.tokens,
        "before": found.balance, "after": found.balance - found.tokens,
    }  # fmt: skip

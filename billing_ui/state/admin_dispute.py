"""The dialog in which an operator says how a dispute ended; until then its tokens are frozen and no money moves."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

import reflex as rx

from billing_ui import runtime
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import dispute_questions, disputes
from billing_ui.services.dispute_questions import Question
from billing_ui.services.disputes import DisputeView, End
from billing_ui.state.admin_act import DeskAct
from billing_ui.state.admin_labels import audit_number
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.feedback import told
from billing_ui.state.labels import instant


class AdminDispute(DeskAct, rx.State):
    """`case` is the dispute, what the gateway said of it, and what each end would do."""

    end: rx.Field[str] = rx.field("")

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def ask(self, dispute: str) -> None:
        """Opens the dialog; the figures are read now."""
        who, desk = viewer(self), await self.get_state(AdminPayment)
        if who is None or not desk.found:
            return
        try:
            found = await runtime.run(dispute_questions.question, runtime.env(), who.actor, dispute)
        except BillingError as problem:
            desk.error = told(problem)
            return
        self._open(_case(found))

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def choose(self, end: End) -> None:
        if self.opened:
            self.end = end

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def conclude(self) -> AsyncGenerator[Any, None]:
        async for step in self._act(self._concluded, _outcome):
            yield step

    def _concluded(self, actor: Actor) -> DisputeView:
        dispute, end = str(self.case["dispute"]), cast(End, self.end)
        return disputes.conclude(runtime.env(), actor, dispute, end, self._box("note"))


def _case(found: Question) -> dict[str, Any]:
    return {
        "dispute": found.dispute, "told": found.told, "reason": found.reason, "due_at": instant(found.due_at),
        "currency": found.currency, "claimed": found.claimed, "amount": found.amount, "tokens": found.tokens,
        "before": found.balance, "after": found.balance - found.tokens,
    }  # fmt: skip


def _outcome(done: DisputeView, file: dict[str, Any]) -> dict[str, Any]:
    figures = {
        "money": {"money": done.booked, "currency": done.currency}, "tokens": done.tokens,
        "after": done.balance_after, "number": audit_number(file, "dispute."),
    }  # fmt: skip
    return {"key": f"adm.dispute_over.{done.status}", "args": figures}

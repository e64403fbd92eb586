"""The dialog in which an operator decides what becomes of money that paid nothing: its consequence first, then why."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Literal, cast

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.balance import balance_of
from billing_ui.queries.captures import KeptCapture, undecided_of
from billing_ui.rules.access import Actor
from billing_ui.rules.refunds import Decision
from billing_ui.security.policy import policy
from billing_ui.services import captures
from billing_ui.services.captures import CaptureDecisionView
from billing_ui.state.admin_act import SHORTEST_NOTE, DeskAct, require
from billing_ui.state.admin_labels import audit_number
from billing_ui.state.admin_payment import AdminPayment

Reason = Literal["paid_twice", "wrong_sum", "customer_asked", "something"]


class AdminResolve(DeskAct, rx.State):
    """`case` is the money in question with what each decision would do; nothing moves before `decide`."""

    decision: rx.Field[str] = rx.field("")
    reason: rx.Field[str] = rx.field("")

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def ask(self, capture: str) -> None:
        """Opens the dialog; the figures are read now."""
        desk = await self.get_state(AdminPayment)
        if not desk.found:
            return
        payment = str(desk.file["facts"]["id"])
        found = await runtime.run(_read, payment, capture)
        if found is None:
            # Somebody else was faster: the file shows what they decided.
            await desk._open(payment)
            return
        self._open(_case(*found))

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def choose(self, decision: Decision) -> None:
        if decision in self.case.get("choices", []):
            self.decision = decision

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def because(self, reason: Reason | Literal[""]) -> None:
        self.reason = reason

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def decide(self) -> AsyncGenerator[Any, None]:
        """Once and for good."""
        async for step in self._act(self._decided, _outcome):
            yield step

    def _decided(self, actor: Actor) -> CaptureDecisionView:
        note = self._box("note")
        require({"decision": not self.decision, "reason": not self.reason, "note": len(note) < SHORTEST_NOTE})
        capture, decision = str(self.case["capture"]), cast(Decision, self.decision)
        words = f"{self.reason}: {note}"
        return captures.decide(runtime.env(), actor, capture, decision, words, self._box("number"))


def _read(payment: str, capture: str) -> tuple[KeptCapture, int] | None:
    env = runtime.env()
    with env.db.read() as tx:
        kept = next((each for each in undecided_of(tx, payment, env.clock.now()) if each.capture == capture), None)
        return None if kept is None else (kept, balance_of(tx, kept.account))


def _case(kept: KeptCapture, balance: int) -> dict[str, Any]:
    is_foreign = kept.currency != kept.expected_currency
    return {
        "capture": kept.capture, "outcome": kept.outcome, "amount": kept.amount, "currency": kept.currency,
        "expected": kept.expected_amount, "expected_currency": kept.expected_currency, "tokens": kept.tokens,
        "before": balance, "after": balance + kept.tokens, "method": kept.method, "choices": list(kept.choices),
        "no_credit": "currency" if is_foreign else "too_little", "returning": kept.is_returning,
    }  # fmt: skip


def _came_of(done: CaptureDecisionView) -> str:
    if done.decision != "refunded":
        return done.decision
    if done.refund_status in {"failed", "canceled"}:
        return "refund_failed"
    return "refunded" if done.refund_status == "succeeded" else "refund_asked"


def _outcome(done: CaptureDecisionView, file: dict[str, Any]) -> dict[str, Any]:
    figures = {
        "money": {"money": done.amount, "currency": done.currency}, "tokens": done.tokens,
        "before": done.balance_before, "after": done.balance_after, "number": audit_number(file, "capture."),
    }  # fmt: skip
    return {"key": f"adm.decided.{_came_of(done)}", "args": figures}

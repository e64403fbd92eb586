"""The dialog in which an operator decides what becomes of money that paid nothing: its consequence first, then why."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Literal, cast

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.balance import balance_of
from billing_ui.queries.captures import KeptCapture, undecided_of
from billing_ui.rules.errors import BillingError, FieldInvalid
from billing_ui.rules.refunds import Decision
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import captures
from billing_ui.services.captures import CaptureDecisionView
from billing_ui.state.admin_labels import audit_number
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.feedback import NOTHING, told

Reason = Literal["paid_twice", "wrong_sum", "customer_asked", "something"]
SHORTEST_NOTE = 10


class AdminResolve(rx.State):
    """`case` is the money in question with what each decision would do; nothing moves before `decide`."""

    opened: rx.Field[bool] = rx.field(False)
    times: rx.Field[int] = rx.field(0)
    case: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    decision: rx.Field[str] = rx.field("")
    reason: rx.Field[str] = rx.field("")
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    _note: str = ""
    _number: str = ""

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def ask(self, capture: str) -> None:
        """Opens the dialog; the figures are read now."""
        desk = await self.get_state(AdminPayment)
        if not desk.found:
            return
        payment = str(desk.file["facts"]["id"])
        found = await runtime.run(_read, payment, capture)
        self._empty()
        if found is None:
            # Somebody else was faster: the file shows what they decided.
            await desk._open(payment)
            return
        self.case, self.opened, self.times = _case(*found), True, self.times + 1

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
    async def write_note(self, words: str) -> None:
        self._note = words

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def write_number(self, words: str) -> None:
        self._number = words

    @rx.event
    @policy("operator", perm="accounts.read")
    async def close(self) -> None:
        """Also whenever a file is opened: a question belongs to the page it was asked on."""
        self._empty()

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def decide(self) -> AsyncGenerator[Any, None]:
        """Once and for good. What came of it is said on the page, with its number in the audit."""
        who = viewer(self)
        if who is None or self.busy or not self.opened:
            return
        self.busy, self.error = True, dict(NOTHING)
        yield
        try:
            self._require_whole()
            words = f"{self.reason}: {self._note.strip()}"
            done = await runtime.run(
                captures.decide, runtime.env(), who.actor, str(self.case["capture"]), cast(Decision, self.decision),
                words, self._number,
            )  # fmt: skip
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
            "key": f"adm.decided.{_came_of(done)}",
            "args": _figures(done, audit_number(desk.file, "capture.")),
        }

    def _require_whole(self) -> None:
        for name, missing in (
            ("decision", not self.decision), ("reason", not self.reason),
            ("note", len(self._note.strip()) < SHORTEST_NOTE),
        ):  # fmt: skip
            if missing:
                raise FieldInvalid(field=name, why="required")

    def _empty(self) -> None:
        self.opened, self.case, self.decision, self.reason = False, {}, "", ""
        self._note, self._number, self.error = "", "", dict(NOTHING)


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


def _figures(done: CaptureDecisionView, number: str) -> dict[str, Any]:
    return {
        "money": {"money": done.amount, "currency": done.currency}, "tokens": done.tokens,
        "before": done.balance_before, "after": done.balance_after, "number": number,
    }  # fmt: skip

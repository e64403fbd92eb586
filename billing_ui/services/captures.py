"""Money that paid nothing yet: a person decides what becomes of it, once, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.models import Capture, CaptureDecision, Refund
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import AlreadyDecided, FieldInvalid, NotCreditable, NotFound, NotRefundable
from billing_ui.rules.refunds import DECISIONS, Decision, bought_by
from billing_ui.services import audits, disputes, payments, refund_requests, timeline
from billing_ui.services.returns import Case, locked_case, stake


@dataclass(frozen=True, slots=True)
class CaptureDecisionView:
    """What was decided and what it did. `refund` names the refund of a decision that sends money back, else empty."""

    capture: str
    payment: str
    decision: Decision
    amount: int
    currency: str
    tokens: int
    balance_before: int
    balance_after: int
    refund: str
    refund_status: str
    decided_at: datetime
    decided_by: str


def decide(
    env: Env, actor: Actor, capture_public_id: str, decision: Decision, reason: str, detail: str = ""
) -> CaptureDecisionView:
    """Credits what was kept, sends it back through the gateway, or records that a person has paid it out.

    `detail` is the bank's number of a transfer made by hand.
    """
    require(actor, "payments.resolve")
    why = refund_requests.told_reason(reason)
    if decision not in DECISIONS:
        raise FieldInvalid(field="decision", why="choice")
    with env.db.begin() as tx:
        case, left = _locked(tx, capture_public_id, env.clock.now())
        row = CaptureDecision(
            capture_id=cast(int, case.capture.id), decision=decision, amount=left, reason=why,
            detail=detail.strip()[:200], decided_by=actor.name, decided_at=env.clock.now(),
        )  # fmt: skip
        before = ledger.balance_as_of(tx, case.payment.account_id, env.clock.now())
        after = before
        match decision:
            case "credited":
                after = _credit(tx, env, actor, case, row)
            case "refunded":
                row.refund_id = _send_back(tx, env, actor, case, row)
            case "paid_out":
                row.refund_id = _pay_out(tx, env, actor, case, row)
        tx.add(row)
        told = {"capture": capture_public_id, "amount": left, "currency": case.capture.currency}
        timeline.note(tx, env, actor, case.payment, "decided", {**told, "decision": decision})
        audits.record(
            tx, env, actor, f"capture.{decision}", case.payment.public_id, why,
            {"outcome": case.capture.outcome, "balance": before, **told}, {"decision": decision, "balance": after},
        )  # fmt: skip
        account_id = case.payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
    env.failpoint("capture.decided")
    if decision == "refunded":
        refund_requests.ask(env, actor, cast(int, row.refund_id))
    refund = None if row.refund_id is None else refund_requests.view(env, row.refund_id)
    return CaptureDecisionView(
        capture=capture_public_id, payment=case.payment.public_id, decision=decision, amount=left,
        currency=case.capture.currency, tokens=row.tokens, balance_before=before, balance_after=after,
        refund=refund.refund if refund else "", refund_status=refund.status if refund else "",
        decided_at=row.decided_at, decided_by=row.decided_by,
    )  # fmt: skip


def _locked(tx: Tx, public_id: str, now: datetime) -> tuple[Case, int]:
    """Money nobody has decided about, and how much of it is left."""
    capture_id = tx.scalar(select(col(Capture.id)).where(col(Capture.public_id) == public_id))
    if capture_id is None:
        raise NotFound(what="capture")
    case = locked_case(tx, capture_id)
    decided = select(col(CaptureDecision.decision)).where(col(CaptureDecision.capture_id) == capture_id)
    earlier = "credited" if case.capture.outcome == "credited" else tx.scalar(decided)
    standing = stake(tx, case, now)
    if earlier is None and standing.left == 0:
        earlier = "refunded"
    if earlier is not None:
        raise AlreadyDecided(decision=earlier)
    if standing.under_way:
        raise NotRefundable(why="under_way", maximum=0, currency=case.capture.currency)
    return case, standing.left


def _credit(tx: Tx, env: Env, actor: Actor, case: Case, row: CaptureDecision) -> int:
    """Tokens for what really came, at the purchase's own rate; answers the new balance."""
    capture, payment, topup = case.capture, case.payment, case.topup
    if capture.currency != topup.currency:
        raise NotCreditable(why="currency")
    sold = bought_by(row.amount, payments.terms_of(topup))
    if sold.tokens == 0:
        raise NotCreditable(why="too_little")
    row.tokens = sold.tokens
    payments.move(tx, env, actor, payment, "captured")
    occurred_at = capture.captured_at or capture.recorded_at
    money = payments.Credit(capture.gateway, capture.gateway_payment_id, sold, occurred_at, capture.public_id)
    balance = payments.credit(tx, env, actor, payment, topup, money).balance_after
    disputes.hold_bought(tx, env, actor, case)
    return balance


def _send_back(tx: Tx, env: Env, actor: Actor, case: Case, row: CaptureDecision) -> int:
    wish = refund_requests.Wish(row.amount, row.reason, _attempt(tx, case.capture))
    return cast(int, refund_requests.place(tx, env, actor, case, wish)[0].id)


def _pay_out(tx: Tx, env: Env, actor: Actor, case: Case, row: CaptureDecision) -> int:
    wish = refund_requests.Wish(row.amount, row.reason, _attempt(tx, case.capture), row.detail)
    return cast(int, refund_requests.pay_out(tx, env, actor, case, wish).id)


def _attempt(tx: Tx, capture: Capture) -> str:
    """A refund the gateway refused may be decided about again, and is then another refund."""
    earlier = select(func.count()).select_from(Refund).where(col(Refund.capture_id) == capture.id)
    return f"decision:{capture.public_id}:{tx.scalar(earlier)}"

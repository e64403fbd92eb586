"""A gateway that also sends money back: the real one for everything else, its refunds kept here and told on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from billing_ui import ledger
from billing_ui.gateways.base import Gateway
from billing_ui.kit.amount import Amount
from billing_ui.ledger.tables import entry
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import GatewayError, GatewayRejected, GatewayUnavailable
from billing_ui.rules.facts import Captured, Refunded, RefundIntent, RefundState
from billing_ui.services.payments import Settled
from tests.world import World

FINANCE = Actor("user:usr_finance", user_id=900, role="finance")
SUPPORT = Actor("user:usr_support", user_id=901, role="support")
WHY = "pelanggan membayar dua kali"


@dataclass
class Refunding:
    """Refunds by id. `answers` is what the next asking meets; an error after the work is `loses`."""

    gateway: Gateway
    refunds: dict[str, Refunded] = field(default_factory=dict)
    asked: list[RefundIntent] = field(default_factory=list)
    answers: RefundState | GatewayError = "pending"
    loses: bool = False

    def refund(self, intent: RefundIntent) -> Refunded:
        self.asked.append(intent)
        if isinstance(self.answers, GatewayError):
            raise self.answers
        known = self.refund_by(intent.reference, intent.request_id)
        made = known or self.made(intent.amount.quantity, self.answers, request_id=intent.request_id,
                                  reference=intent.reference)  # fmt: skip
        if self.loses:
            raise GatewayUnavailable(reason="ReadTimeoutError")
        return made

    def refund_status(self, refund_id: str) -> Refunded:
        if refund_id not in self.refunds:
            raise GatewayRejected(reason="DATA_NOT_FOUND")
        return self.refunds[refund_id]

    def refund_by(self, reference: str, request_id: str) -> Refunded | None:
        mine = (each for each in self.refunds.values() if (each.reference, each.request_id) == (reference, request_id))
        return next(mine, None)

    def made(self, amount: int, state: RefundState = "succeeded", **facts: Any) -> Refunded:
        """Somebody started a refund at the gateway."""
        refund_id = f"rfd-{len(self.refunds) + 1}"
        self.refunds[refund_id] = Refunded("xendit", refund_id, state, Amount(amount, "IDR"), **facts)
        return self.refunds[refund_id]

    def ends(self, refund_id: str, state: RefundState, failure_code: str | None = None) -> None:
        self.refunds[refund_id] = replace(self.refunds[refund_id], state=state, failure_code=failure_code)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)


@contextmanager
def refunding(world: World) -> Iterator[tuple[World, Refunding]]:
    """The same world, with a gateway that sends money back."""
    gateway = Refunding(world.env.gateways["xendit"])
    yield replace(world, env=replace(world.env, gateways={"xendit": gateway})), gateway


def comes(world: World, ref: str, payment_id: str = "py-1", amount: int = 50_000, unit: str = "IDR") -> Settled:
    """Money for this purchase, as the gateway would show it."""
    payment = world.payment(ref)
    arrived = Captured(
        "xendit", payment_id, payment.gateway_request_id or "", payment.reference, Amount(amount, unit), None
    )
    return world.settle(ref, arrived)


def pockets(world: World, account_id: int) -> dict[tuple[str, str], int]:
    """What each pocket holds of an account's money and tokens; empty ones are left out."""
    held: Counter[tuple[str, str]] = Counter()
    with world.env.db.read() as tx:
        for line in tx.execute(select(entry).where(entry.c.account_id == account_id)):
            held[line.unit, line.credit] += line.quantity
            held[line.unit, line.debit] -= line.quantity
    return {pocket: quantity for pocket, quantity in held.items() if quantity}


def spend(world: World, account_id: int, tokens: int) -> None:
    """The customer uses tokens."""
    now, key = world.clock.now(), f"spent:{world.env.ids.public('evt')}"
    used = ledger.Transfer(ledger.TOKEN, ledger.WALLET, ledger.CONSUMED, tokens)
    with world.env.db.begin() as tx:
        ledger.post(tx, ledger.Posting(account_id, key, "test", "test", now, (used,)), now)

"""Everything that can happen to the money of two purchases, from six sides at once: nobody waits for ever, and each
rupiah is where the books say."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.models import Capture, Dispute, Receipt, Refund
from billing_ui.queries.captures import sums_undecided
from billing_ui.rules.access import system
from billing_ui.rules.errors import BillingError
from billing_ui.rules.facts import DisputeClaim
from billing_ui.services import captures, disputes, looks, mail_stops, refunds, topups
from billing_ui.services.missing_receipts import issue_missing
from tests.refunding import FINANCE, SUPPORT, WHY, Refunding, comes, pockets, refunding, spend
from tests.world import Customer, World

_SIDES, _ACTS_EACH = 6, 40
_WEBHOOK = system("webhook")


@dataclass
class Crowd:
    """Customers, operators, banks, the gateway and workers, each doing something at a time that chance picks."""

    world: World
    gateway: Refunding
    customer: Customer
    refs: list[str]
    broken: list[str] = field(default_factory=list)

    def act(self, chance: random.Random) -> None:
        act = chance.choice([self.pay] * 3 + [self.decide] * 2 + [
            self.dispute, self.conclude, self.refund, self.work, self.retry, self.cancel, self.use, self.make_up,
            self.watch, self.stop_mail, self.lift_stop,
        ])  # fmt: skip
        try:
            act(chance)
        except BillingError:
            return  # refused, as most of what chance picks must be
        except Exception as error:
            self.broken.append(f"{act.__name__}: {error!r}")

    def pay(self, chance: random.Random) -> None:
        comes(self.world, chance.choice(self.refs), _money(chance), chance.choice([25_000, 40_000, 50_000]))

    def decide(self, chance: random.Random) -> None:
        decision = chance.choice(["credited", "refunded", "paid_out"])
        for capture in self._one(chance, col(Capture.public_id)):
            captures.decide(self.world.env, FINANCE, capture, decision, WHY, "TRF-123456")  # type: ignore[arg-type]  # one of the words

    def dispute(self, chance: random.Random) -> None:
        claim = DisputeClaim(f"dsp-{chance.randint(1, 3)}", chance.choice(["open", "won", "lost"]), 20_000, "IDR", "X")
        disputes.hear(self.world.env, _WEBHOOK, "xendit", _money(chance), claim)

    def conclude(self, chance: random.Random) -> None:
        for dispute in self._one(chance, col(Dispute.public_id)):
            disputes.conclude(self.world.env, FINANCE, dispute, chance.choice(["won", "lost"]), WHY)

    def refund(self, chance: random.Random) -> None:
        state = chance.choice(["succeeded", "pending", "failed"])
        made = self.gateway.made(chance.choice([1_000, 25_000]), state, gateway_payment_id=_money(chance))
        refunds.hear(self.world.env, _WEBHOOK, "xendit", made.gateway_refund_id)

    def work(self, _chance: random.Random) -> None:
        self.world.work()

    def retry(self, chance: random.Random) -> None:
        method = chance.choice(["QRIS", "VA_BCA"])
        topups.retry(self.world.env, self.customer.actor, chance.choice(self.refs), method)

    def cancel(self, chance: random.Random) -> None:
        topups.cancel(self.world.env, self.customer.actor, chance.choice(self.refs))

    def use(self, chance: random.Random) -> None:
        spend(self.world, self.customer.account_id, chance.randint(1, 100_000))

    def make_up(self, _chance: random.Random) -> None:
        issue_missing(self.world.env)

    def watch(self, chance: random.Random) -> None:
        looks.watch(self.world.env, chance.choice(self.refs))

    def stop_mail(self, _chance: random.Random) -> None:
        with self.world.env.db.begin() as tx:
            mail_stops.stop(tx, self.world.env, self.customer.email, "bounced", "", None)

    def lift_stop(self, _chance: random.Random) -> None:
        mail_stops.lift(self.world.env, SUPPORT, self.customer.email, WHY)

    def _one(self, chance: random.Random, names: object) -> list[str]:
        with self.world.env.db.read() as tx:
            known = list(tx.scalars(select(names)))  # type: ignore[call-overload]  # a column of public ids
        return [chance.choice(known)] if known else []


def _money(chance: random.Random) -> str:
    return f"py-{chance.randint(1, 6)}"


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_waits_for_ever_and_each_rupiah_is_accounted_for(world: World, seed: int) -> None:
    with refunding(world) as (open_world, gateway):
        gateway.answers = "succeeded"
        customer = open_world.customer()
        refs = [open_world.wants(customer, amount) for amount in (25_000, 50_000)]
        crowd = Crowd(open_world, gateway, customer, refs)
        _run(lambda side: _acts(crowd, random.Random(f"{seed}/{side}")))
        assert crowd.broken == []
        open_world.books_are_right()
        _money_is_accounted_for(open_world, customer)


def _acts(crowd: Crowd, chance: random.Random) -> None:
    for _ in range(_ACTS_EACH):
        crowd.act(chance)


def _run(work: Callable[[int], None]) -> None:
    sides = [threading.Thread(target=work, args=(side,)) for side in range(_SIDES)]
    for side in sides:
        side.start()
    for side in sides:
        side.join()


def _money_is_accounted_for(world: World, customer: Customer) -> None:
    """What came less what left is in the till; what nobody has decided about is in clearing; tokens have receipts."""
    held = pockets(world, customer.account_id)
    with world.env.db.read() as tx:
        came = tx.scalar(select(func.sum(col(Capture.amount)))) or 0
        gone = tx.scalar(select(func.sum(col(Refund.amount))).where(col(Refund.status) == "succeeded")) or 0
        lost = tx.scalar(select(func.sum(col(Dispute.booked_amount))).where(col(Dispute.status) == "lost")) or 0
        kept = sum(left for _currency, _many, left, _since in sums_undecided(tx))
        receipts = list(tx.scalars(select(col(Receipt.seq)).order_by(col(Receipt.seq))))
        returning = tx.scalar(select(func.count()).where(col(Refund.status).in_(("asked", "pending", "unknown"))))
    cash = sum(quantity for (unit, pocket), quantity in held.items() if unit == "IDR" and pocket.startswith("cash:"))
    assert -cash == came - gone - lost
    assert receipts == list(range(1, len(receipts) + 1))
    if not returning:
        assert held.get(("IDR", "clearing"), 0) == kept
    assert held.get(("IDR", "deferred"), 0) >= 0

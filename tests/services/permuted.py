"""Stories of what really happened at the gateway, and plans of when and how often we hear of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from billing_ui.ledger.tables import lot
from billing_ui.models import Capture, CaptureDecision, Job, Payment, Receipt, Refund, Topup
from billing_ui.services import inbox, looks, sweeps
from tests.live_sandbox import CALLBACK_TOKEN, Box
from tests.refunding import pockets
from tests.world import Customer, World

MONEY_MAILS = {"payment_success", "payment_late", "payment_review", "payment_refunded"}


@dataclass
class Case:
    """One purchase on its way through a story: what has happened, and what there is to hear of it."""

    world: World
    box: Box
    number: int
    customer: Customer = field(init=False)
    ref: str = field(init=False)
    payments: list[str] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)
    told: int = 0

    def __post_init__(self) -> None:
        self.customer = self.world.customer(f"sari-{self.number}@pelanggan.test")
        self.ref = self.world.wants(self.customer)

    def happens(self, act: str) -> None:
        """The truth moves on; nobody tells us."""
        if act == "decline":
            self._keep(self.box.fail(self.ref, keep_open=True))
        elif act == "fail":
            self._keep(self.box.fail(self.ref))
        elif act == "expire":
            self.box.expire(self.ref)
        elif act == "pay":
            self._keep(self.box.pay(self.ref, drop_webhook=True))
        elif act == "pay late":
            self._keep(self.box.pay(self.ref, after_expiry=True, drop_webhook=True))
        elif act == "pay twice":
            self._keep(self.box.pay(self.ref, payments=2, drop_webhook=True))
        elif act == "pay wrong":
            self._keep(self.box.pay(self.ref, amount=40_000, drop_webhook=True))
        else:
            outcome, _, amount = act.partition(" ")
            asked = {"outcome": outcome, "drop_webhook": True, **({"amount": int(amount)} if amount else {})}
            self.refunds = [refund["id"] for refund in self.box.refund(self.ref, **asked)["refunds"]]

    def _keep(self, shown: dict[str, Any]) -> None:
        self.payments = shown["payment_ids"]

    def hears(self, event: str, *, again: bool = False) -> None:
        """A webhook, by hand: `again` is the very same delivery, else it is another one of the same news."""
        self.told += not again
        body = json.dumps(self._body(event)).encode()
        webhook_id = f"wh-{self.number}-{event}-{self.told}".replace(" ", "-")
        headers = {"x-callback-token": CALLBACK_TOKEN, "webhook-id": webhook_id}
        inbox.receive(self.world.env, "xendit", headers, body)
        self.world.work()

    def _body(self, event: str) -> dict[str, Any]:
        name, _, which = event.partition(" ")
        request_id = self.world.payment(self.ref).gateway_request_id
        data: dict[str, Any] = {"payment_request_id": request_id, "reference_id": self.ref, "currency": "IDR"}
        if name.startswith("refund."):
            refund_id = self.refunds[int(which)]
            data |= {"id": refund_id, "status": name.partition(".")[2].upper(), "amount": 1, "reference_id": "there"}
            return {"event": name, "data": {"event": name, "data": data}}
        if name == "payment_session.completed":
            data |= {"payment_session_id": "ps-1", "status": "COMPLETED", "payment_id": self.payments[-1]}
        elif name.startswith("payment."):
            told = {"payment.capture": "SUCCEEDED", "payment.failure": "FAILED", "payment.pending": "PENDING"}
            data |= {"payment_id": self.payments[int(which)], "status": told[name], "request_amount": 1}
        else:
            data |= {"id": request_id, "status": "EXPIRED"}
        return {"event": name, "data": data}

    def polls(self) -> None:
        """The page asks now."""
        self.world.later(seconds=3)
        looks.check(self.world.env, self.customer.actor, self.ref)

    def sweeps(self) -> None:
        """Nobody asks: what fell through is armed, and comes round in its own time."""
        sweeps.sweep_payments(self.world.env)
        self.world.later(seconds=65)
        self.world.work()

    def step(self, name: str) -> None:
        kind, _, rest = name.partition(":")
        acts: dict[str, Callable[[], None]] = {
            "truth": lambda: self.happens(rest),
            "hear": lambda: self.hears(rest),
            "again": lambda: self.hears(rest, again=True),
            "poll": self.polls,
            "sweep": self.sweeps,
        }
        acts[kind]()

    def books(self) -> dict[str, Any]:
        """Everything that must not depend on the order of the news, without names and times."""
        with self.world.env.db.read() as tx:
            mine = (Payment.account_id == self.customer.account_id,)
            payment_ids = select(col(Payment.id)).where(*mine)
            captures = tx.scalars(select(Capture).where(col(Capture.payment_id).in_(payment_ids))).all()
            refunds = tx.scalars(select(Refund).where(col(Refund.account_id) == self.customer.account_id)).all()
            receipts = tx.scalars(select(Receipt).where(col(Receipt.account_id) == self.customer.account_id)).all()
            decided = select(CaptureDecision).where(col(CaptureDecision.capture_id).in_([each.id for each in captures]))
            return {
                "pockets": pockets(self.world, self.customer.account_id),
                "lots": sorted(tx.scalars(select(lot.c.remaining).where(lot.c.account_id == self.customer.account_id))),
                "payments": sorted(tx.scalars(select(col(Payment.status)).where(*mine))),
                "purchase": tx.scalar(select(col(Topup.status)).where(col(Topup.public_id) == self.ref)),
                "captures": sorted((each.outcome, each.amount, each.is_late) for each in captures),
                "refunds": sorted((each.status, each.amount, each.tokens) for each in refunds),
                "receipts": sorted(each.content["total"] for each in receipts),
                "decisions": len(tx.scalars(decided).all()),
                "mails": self._mails(tx),
            }

    def _mails(self, tx: Any) -> dict[str, int]:
        jobs = tx.scalars(select(Job).where(col(Job.kind) == "mail.send"))
        mine = [job.args["template"] for job in jobs if job.args["args"].get("ref") == self.ref]
        counted = Counter(mine)
        assert counted["payment_expired"] <= 1
        assert counted["payment_failed"] <= 1
        return {template: number for template, number in counted.items() if template in MONEY_MAILS}


@dataclass(frozen=True)
class Story:
    """What happens, and the news that each happening makes."""

    name: str
    acts: tuple[tuple[str, tuple[str, ...]], ...]


STORIES = (
    Story("paid", (("pay", ("payment.pending 0", "payment.capture 0", "payment_session.completed")),)),
    Story("declined, then paid", (("decline", ("payment.failure 0",)), ("pay", ("payment.capture 1",)))),
    Story("failed", (("fail", ("payment.failure 0", "payment_request.failed")),)),
    Story("expired", (("expire", ("payment_request.expiry", "payment_request.expired")),)),
    Story("paid late", (("expire", ("payment_request.expiry",)), ("pay late", ("payment.capture 0",)))),
    Story("paid twice", (("pay twice", ("payment.capture 0", "payment.capture 1")),)),
    Story("wrong amount", (("pay wrong", ("payment.capture 0",)),)),
    Story(
        "everything, then refunded",
        (
            ("decline", ("payment.failure 0",)),
            ("pay", ("payment.pending 1", "payment.capture 1", "payment_session.completed")),
            ("succeeded", ("refund.succeeded 0",)),
        ),
    ),
    Story(
        "paid late, refunded in parts",
        (
            ("expire", ("payment_request.expiry",)),
            ("pay late", ("payment.capture 0",)),
            ("succeeded 20000", ("refund.succeeded 0",)),
            ("succeeded 30000", ("refund.succeeded 1",)),
        ),
    ),
    Story("wrong amount, refunded", (("pay wrong", ("payment.capture 0",)), ("succeeded", ("refund.succeeded 0",)))),
    Story("refund that failed", (("pay", ("payment.capture 0",)), ("failed", ("refund.failed 0",)))),
)


def in_order(story: Story) -> list[str]:
    """Everything heard once, when it happens: what all other plans are compared with."""
    return [step for act, news in story.acts for step in (f"truth:{act}", *(f"hear:{each}" for each in news))]


def after_all(story: Story, order: Iterable[str]) -> list[str]:
    """All of it has happened; then it is heard in this order."""
    return [*(f"truth:{act}" for act, _ in story.acts), *(f"hear:{each}" for each in order)]


def news_of(story: Story) -> list[str]:
    return [each for _, news in story.acts for each in news]


def shuffled(story: Story, dice: Random) -> list[str]:
    """Any plan: news after what it is about, else anywhere, lost, doubled, mixed with polls and sweeps."""
    plan: list[str] = []
    for act, news in story.acts:
        plan.append(f"truth:{act}")
        for each in news:
            if dice.random() < 0.3 and not each.startswith("refund."):
                continue  # lost; a refund made at the gateway is told until it is heard
            once_more = [f"hear:{each}", f"again:{each}"]
            plan += [f"hear:{each}", *dice.choices(once_more, k=dice.randrange(3))]
    truths = [index for index, step in enumerate(plan) if step.startswith("truth:")]
    for index in range(len(plan) - 1, -1, -1):
        if not plan[index].startswith("truth:"):
            earliest = max(truth for truth in truths if truth < index) + 1
            step = plan.pop(index)
            plan.insert(dice.randrange(earliest, len(plan) + 1), step)
            truths = [at for at, step in enumerate(plan) if step.startswith("truth:")]
    for _ in range(dice.randrange(4)):
        plan.insert(dice.randrange(len(plan) + 1), dice.choice(["poll", "sweep"]))
    return plan


def books_after(case: Case, plan: Iterable[str]) -> dict[str, Any]:
    """Follows a plan to its end; what is still lost by then is found by the sweep and the look that come anyway."""
    for step in plan:
        case.step(step)
    case.sweeps()
    case.polls()
    books = case.books()
    with case.world.env.db.begin() as tx:
        # Otherwise every case of one world would look after all cases before it.
        tx.execute(delete(Job).where(col(Job.kind) == looks.KIND))
        long_ago = case.world.clock.now() - timedelta(days=365)
        tx.execute(update(Payment).where(col(Payment.status) != "paid").values(created_at=long_ago))
    return books

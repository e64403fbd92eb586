"""One bad day, in real processes: two thousand payments, lost and doubled webhooks, a gateway in trouble, three
`kill -9` and a database that crashes. At the end every payment is accounted for, once.

A failed day is played again with the seed that it prints.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui import ledger, runtime
from billing_ui.config import Config
from billing_ui.env import Env
from billing_ui.infra.db import migrate
from billing_ui.models import Capture, Job, Member, Payment, Topup, User
from billing_ui.rules.access import system
from billing_ui.services import plans
from tests.servers import run_dir
from tests.storm.household import Household
from tests.storm.own_postgres import own_postgres
from tests.storm.shoppers import settle_in, shop

ORDERS = int(os.environ.get("BAD_DAY_PAYMENTS", "2000"))
SEED = int(os.environ.get("BAD_DAY_SEED", str(random.SystemRandom().randrange(10**6))))
ACCOUNTS = 100
PATIENCE_S = 300


@contextmanager
def database(kind: str) -> Iterator[tuple[str, Any]]:
    """Its address, and how to crash it: a file has nobody to crash."""
    folder = run_dir() / f"bad-day-{kind}-{os.getpid()}"
    if kind == "sqlite":
        folder.mkdir()
        yield f"sqlite:///{folder}/billing.db", None
        return
    with own_postgres(folder) as server:
        yield server.url.render_as_string(hide_password=False), server.restart


class Chaos(Thread):
    """Kills processes and the database at moments that the seed has chosen, told by how far the day has come."""

    def __init__(self, house: Household, crash: Any) -> None:
        super().__init__(daemon=True)
        dice = random.Random(f"{SEED}/chaos")
        victims = ["web", "worker", dice.choice(["web", "worker"])]
        dice.shuffle(victims)
        moments = sorted(int(ORDERS * dice.uniform(0.1, 0.9)) for _ in range(len(victims) + (crash is not None)))
        if crash is not None:
            victims.insert(dice.randrange(len(victims) + 1), "database")
        self.plan = list(zip(moments, victims, strict=True))
        self.done: list[str] = []
        self._house, self._crash, self._placed, self._moved = house, crash, 0, Event()

    def placed(self, count: int) -> None:
        self._placed = count
        self._moved.set()

    def run(self) -> None:
        for moment, victim in self.plan:
            while self._placed < moment:
                self._moved.wait(1)
                self._moved.clear()
            if victim == "database":
                self._crash()
            else:
                self._house.processes[victim].kill()
                time.sleep(0.5)
                self._house.processes[victim].start()
            self.done.append(victim)


@pytest.mark.storm
@pytest.mark.timeout(1200)  # three minutes where it has two cores to itself
@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_on_a_bad_day_every_payment_is_accounted_for_once(kind: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    with database(kind) as (url, crash):
        migrate(url)
        house = Household(tmp_path, url)
        told = {name.lower(): value for name, value in house.environment.items()}
        env = runtime.build(Config(_env_file=None, **told))  # type: ignore[call-arg, arg-type]
        try:
            play(env, house, crash, begun)
        except BaseException:
            again = f"BAD_DAY_SEED={SEED} BAD_DAY_PAYMENTS={ORDERS} make storm ARGS='-k \"bad_day and {kind}\"'"
            sys.stdout.write(f"\n{house.last_words()}\n\nplay this day again: {again}\n")
            raise
        finally:
            house.end()
            env.db.dispose()


def play(env: Env, house: Household, crash: Any, begun: float) -> None:
    def tell(what: str) -> None:
        sys.stdout.write(f"bad day {SEED}: {time.monotonic() - begun:5.1f} s  {what}\n")
        sys.stdout.flush()

    plans.apply(env, system("storm"))
    buyers = settle_in(env, ACCOUNTS)
    house.begin()
    house.sandbox("POST", "/_sim/scenarios/bad-day", {"seed": SEED})
    chaos = Chaos(house, crash)
    chaos.start()
    tell(f"begins; killed will be {chaos.plan}")
    refs = asyncio.run(shop(env, house.app_url, buyers, ORDERS, SEED, chaos.placed))
    chaos.join(PATIENCE_S)
    assert len(chaos.done) == len(chaos.plan), "not everything that should fall has fallen"
    tell("all orders are placed")
    patiently(lambda: house.sandbox("GET", "/_sim/scenarios/bad-day")["waiting"] == 0, "payers are still under way")
    day = house.sandbox("DELETE", "/_sim/scenarios/bad-day")
    tell(f"the day is over: {day['payers']} {day['webhooks']} {day['faults']}")
    patiently(lambda: waiting(env, "inbox.handle") == 0, "webhooks are not handled", give_up_after_s=10, must=False)
    code, first = house.reconcile("--apply")
    tell(f"compared: {first['totals']['settled']['count']} settled, {first['unexplained']} unexplained")
    patiently(lambda: waiting(env, "mail.send") == 0, "mails are still to be sent")
    code, last = house.reconcile("--apply")
    tell("all mails are out, compared again")
    check(env, house, day["truth"], refs, last)
    assert house.fallen() == [], "whoever was not killed has outlived the day"
    assert (code, last["unexplained"], last["differences"], last["clearing_gap"]) == (0, 0, [], {})
    assert house.cli("verify") == (0, "verify: the books are right\n")
    assert house.reconcile()[0] == 0
    tell("everything is accounted for")


def patiently(is_so: Any, otherwise: str, *, give_up_after_s: float = PATIENCE_S, must: bool = True) -> None:
    ends = time.monotonic() + give_up_after_s
    while not is_so():
        if time.monotonic() > ends:
            assert not must, otherwise
            return
        time.sleep(1)


def waiting(env: Env, kind: str) -> int:
    with env.db.read() as tx:
        query = select(col(Job.id)).where(col(Job.kind) == kind, col(Job.state) == "queued")
        return len(tx.scalars(query).all())


def mails_due(env: Env) -> Counter[str]:
    """One for each paid purchase, one for each sum that waits for a decision."""
    with env.db.read() as tx:
        captures = tx.execute(
            select(Capture, col(Topup.public_id), col(User.public_id))
            .join(Payment, col(Payment.id) == col(Capture.payment_id))
            .join(Topup, col(Topup.id) == col(Payment.topup_id))
            .join(Member, col(Member.account_id) == col(Payment.account_id))
            .join(User, col(User.id) == col(Member.user_id))
        ).all()
    return Counter(
        f"paid:{ref}:{user}" if capture.outcome == "credited" else f"review:{capture.public_id}:{user}"
        for capture, ref, user in captures
    )


def mails_sent(house: Household) -> Counter[str]:
    keys = [str(mail["idempotency_key"]) for mail in house.sandbox("GET", "/_sim/inbox")["messages"]]
    return Counter(key for key in keys if key.startswith(("paid:", "review:")))


def check(env: Env, house: Household, truth: list[dict[str, Any]], refs: list[str], told: dict[str, Any]) -> None:
    with env.db.read() as tx:
        captures = tx.scalars(select(Capture)).all()
        payments = {payment.id: payment for payment in tx.scalars(select(Payment))}
        purchases = {topup.id: topup for topup in tx.scalars(select(Topup))}
    assert len(set(refs)) == len(purchases) == ORDERS
    arrived = {one["payment_id"]: (one["reference"], one["amount"]) for one in truth}
    assert len(arrived) == len(truth) > ORDERS * 0.8
    assert {one.gateway_payment_id: (payments[one.payment_id].reference, one.amount) for one in captures} == arrived
    credited = Counter(payments[one.payment_id].topup_id for one in captures if one.outcome == "credited")
    assert set(credited.values()) == {1}
    for one in captures:
        purchase = purchases[payments[one.payment_id].topup_id]
        if one.outcome == "credited":
            assert (purchase.status, one.amount) == ("paid", purchase.total_amount)
        elif one.outcome == "held":
            assert one.amount != purchase.total_amount
        else:
            assert credited[purchase.id] == 1, "extra beside nothing"
    assert {topup.id for topup in purchases.values() if topup.status == "paid"} == set(credited)
    undecided = sorted((one.public_id, one.amount) for one in captures if one.outcome != "credited")
    assert sorted((one["id"], one["amount"]) for one in told["waiting"] if one["state"] != "unknown") == undecided
    with env.db.read() as tx:
        for account_id in {topup.account_id for topup in purchases.values()}:
            bought = sum(
                topup.tokens + topup.bonus_tokens
                for topup in purchases.values()
                if topup.id in credited and topup.account_id == account_id
            )
            assert ledger.balance_as_of(tx, account_id, env.clock.now()) == bought
    assert mails_sent(house) == mails_due(env)

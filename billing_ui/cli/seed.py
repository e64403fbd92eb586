"""`billing-ui seed`: people to sign in as, one of them with a month behind them. Doing it again changes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from billing_ui import runtime
from billing_ui.cli.seed_usage import back_then, come_near, live_a_day
from billing_ui.env import Env
from billing_ui.kit.amount import Amount
from billing_ui.kit.clock import ManualClock
from billing_ui.kit.period import local_day, local_instant
from billing_ui.models import Job, MailLog, Member, Operator, User
from billing_ui.queries.overview import head
from billing_ui.rules.access import Actor, OperatorRole, system
from billing_ui.rules.errors import BillingError
from billing_ui.rules.facts import Captured
from billing_ui.services import grants, identity, payments, wishes
from billing_ui.services.topups import RequestTopup

PASSWORD = "demo-kata-sandi"  # noqa: S105 - opens nothing but the demo
DOMAIN = "demo.billing.test"
_BEFORE = {"customer": timedelta(days=33), "busy": timedelta(days=2)}


@dataclass(frozen=True, slots=True)
class _Person:
    role: str
    name: str
    operator: OperatorRole | None = None

    @property
    def email(self) -> str:
        return f"{self.role}@{DOMAIN}"


_PEOPLE = (
    _Person("customer", "Sari Wulandari"),
    _Person("newcomer", "Bagas Pratama"),
    _Person("payer", "Tono Saputra"),
    _Person("busy", "Citra Anggraini"),
    _Person("support", "Dewi Lestari", "support"),
    _Person("finance", "Rudi Hartono", "finance"),
    _Person("admin", "Maya Kusuma", "admin"),
    _Person("owner", "Andi Wijaya", "owner"),
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    commands.add_parser("seed", help=__doc__).set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    for person in seed(runtime.env()):
        print(f"{person['role']:<9} {person['email']}  {person['password']}")
    return 0


def seed(env: Env) -> list[dict[str, Any]]:
    """The people of the demo and what they have; for `demo.json` and for the terminal."""
    now = env.clock.now()
    waited_before = set(_waiting_mails(env))
    for person in _PEOPLE:
        if _find(env, person.email) is None:
            with back_then(env, now - _BEFORE.get(person.role, timedelta(0))) as (past, clock):
                actor = _open(past, person)
                if person.role == "customer":
                    _live_a_month(past, clock, actor, now)
            if person.role == "busy":
                come_near(env, actor, now)
    _forget_mails(env, [key for key in _waiting_mails(env) if key not in waited_before])
    return [_told(env, person) for person in _PEOPLE]


def _waiting_mails(env: Env) -> list[str]:
    with env.db.read() as tx:
        return list(tx.scalars(select(col(MailLog.key)).where(col(MailLog.status) == "queued")))


def _forget_mails(env: Env, keys: list[str]) -> None:
    """These belong to the past that was just told; nobody waits for them."""
    with env.db.begin() as tx:
        jobs = update(Job).where(col(Job.key).in_([f"mail:{key}" for key in keys]))
        tx.execute(jobs.values(state="done", finished_at=env.clock.now()))
        tx.execute(update(MailLog).where(col(MailLog.key).in_(keys)).values(status="stopped", detail="seed"))


def _find(env: Env, email: str) -> User | None:
    with env.db.read() as tx:
        return tx.scalars(select(User).where(col(User.email) == email)).first()


def _open(env: Env, person: _Person) -> Actor:
    hashed = env.passwords.hash(PASSWORD)
    with env.db.begin() as tx:
        user, account = identity.register(
            tx, env, person.email, person.name, hashed, env.catalogue.zone, env.catalogue.language,
            external_id=f"host-{person.role}",
        )  # fmt: skip
        user.email_verified_at = env.clock.now()
        tx.flush()
        if person.operator is not None:
            assert user.id is not None
            tx.add(Operator(user_id=user.id, role=person.operator, created_at=env.clock.now()))
        return Actor(f"user:{user.public_id}", user.id, account.id)


def _live_a_month(env: Env, clock: ManualClock, actor: Actor, until: datetime) -> None:
    """Two top-ups, a little use each day, a gift from support: what a history page should show."""
    assert actor.account_id is not None
    zone = env.catalogue.zone
    first_on = local_day(clock.now(), zone)
    _pay(env, actor, 50_000, "QRIS", "demo-1")
    for day, tokens in _days():
        day_on = first_on + timedelta(days=day)
        opens_at = local_instant(datetime.combine(day_on, time(8)), zone)
        if opens_at >= until:
            return
        clock.advance(max(opens_at - clock.now(), timedelta(0)))
        if day == 18:
            _pay(env, actor, 100_000, "VA_BCA", "demo-2")
        if day == 27:
            with env.db.read() as tx:
                account = head(tx, actor.account_id).account
            grants.grant(env, system("demo"), account, 25_000, "Kompensasi gangguan 12 menit", "demo-gift")
        live_a_day(env, clock, actor, day, day_on, tokens, until)


def _days() -> Iterator[tuple[int, int]]:
    for day in range(1, 34):
        yield day, 0 if day % 7 == 6 else 9_000 + (day * 7_919) % 23_000


def _pay(env: Env, actor: Actor, amount: int, method: str, name: str) -> None:
    """A purchase as it would have gone, without asking a gateway about the past."""
    assert actor.account_id is not None
    try:
        ref, payment_id = wishes.place(env, actor, actor.account_id, RequestTopup(amount, method, f"form-{name}"))
    except BillingError:
        # A catalogue without top-ups in rupiah: its people begin with a gift instead.
        _gift(env, actor, amount * 10, name)
        return
    assert payment_id is not None
    money = Captured("xendit", f"py-{name}", "", ref, Amount(amount, env.catalogue.currency), env.clock.now())
    payments.settle(env, system("demo"), payment_id, money)


def _gift(env: Env, actor: Actor, tokens: int, name: str) -> None:
    assert actor.account_id is not None
    with env.db.read() as tx:
        account = head(tx, actor.account_id).account
    grants.grant(env, system("demo"), account, tokens, "Saldo awal demo", f"demo-gift-{name}")


def _told(env: Env, person: _Person) -> dict[str, Any]:
    user = _find(env, person.email)
    assert user is not None
    with env.db.read() as tx:
        account_id = tx.scalar(select(col(Member.account_id)).where(col(Member.user_id) == user.id).limit(1))
        assert account_id is not None
        view = head(tx, account_id)
    return {
        "role": person.role, "email": person.email, "password": PASSWORD, "account": view.account,
        "external_id": f"host-{person.role}", "plan": view.plan_slug, "balance": view.balance,
    }  # fmt: skip

"""A small world for tests: a real database, the real gateway adapter against a running sandbox, a clock that waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.catalogues.load import load
from billing_ui.config import Config
from billing_ui.emails.resend import ResendMailer
from billing_ui.env import Env
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.infra.db import Database
from billing_ui.infra.passwords import Passwords
from billing_ui.infra.signals import Signals
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import run_due
from billing_ui.kit.clock import ManualClock
from billing_ui.kit.ids import Ids
from billing_ui.ledger.writer import Writer
from billing_ui.models import Capture, Job, Payment, Topup, User
from billing_ui.rules.access import Actor, system
from billing_ui.runtime import Bell
from billing_ui.services import accounts, payments, plans, topups
from billing_ui.services.topups import RequestTopup
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, MAIL_KEY, MAIL_SECRET, Box

PASSWORD = "kata-sandi-yang-panjang"
NEVER = "http://127.0.0.1:1"


@dataclass
class Crashes:
    """Failpoints by name: armed ones raise, as if the process had died there."""

    armed: dict[str, BaseException] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.passed.append(name)
        error = self.armed.pop(name, None)
        if error is not None:
            raise error


class Crash(BaseException):
    """The process died. Not an Exception, so that no handler can swallow it."""


@dataclass(frozen=True)
class Customer:
    """Somebody with an account, as use cases see them."""

    actor: Actor
    account_id: int
    email: str


@dataclass(frozen=True)
class World:
    """What tests say in the language of the business."""

    env: Env
    clock: ManualClock
    crashes: Crashes
    signalled: list[int]

    def customer(self, email: str = "sari@pelanggan.test", name: str = "Sari Dewi") -> Customer:
        with self.env.db.begin() as tx:
            user = User(
                public_id=self.env.ids.public("usr"), email=email, name=name, language="id",
                created_at=self.clock.now(), email_verified_at=self.clock.now(),
            )  # fmt: skip
            tx.add(user)
            tx.flush()
            account = accounts.open_account(tx, self.env, user, name, "Asia/Jakarta", "id")
            assert account.id is not None
            return Customer(Actor(f"user:{user.public_id}", user.id, account.id), account.id, email)

    def wants(
        self, customer: Customer, amount: int = 50_000, method: str = "QRIS", key: str = "", phone: str = ""
    ) -> str:
        """The customer asks for a top-up; answers the ref."""
        wish = RequestTopup(amount, method, key or self.env.ids.public("form"), phone=phone or None)
        return topups.request(self.env, customer.actor, wish)

    def work(self) -> int:
        """Runs every job that is due now."""
        return run_due(self.env, schedule.HANDLERS)

    def later(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))

    def balance(self, customer: Customer) -> int:
        with self.env.db.read() as tx:
            return ledger.balance_as_of(tx, customer.account_id, self.clock.now() + timedelta(days=1))

    def payment(self, ref: str) -> Payment:
        with self.env.db.read() as tx:
            query = (
                select(Payment).join(Topup, col(Topup.id) == col(Payment.topup_id)).where(col(Topup.public_id) == ref)
            )
            return tx.scalars(query.order_by(col(Payment.id).desc())).first()

    def captures(self) -> list[Capture]:
        with self.env.db.read() as tx:
            return list(tx.scalars(select(Capture).order_by(col(Capture.id))))

    def jobs(self, kind: str) -> int:
        with self.env.db.read() as tx:
            return tx.scalar(select(func.count()).select_from(Job).where(col(Job.kind) == kind)) or 0

    def books_are_right(self) -> None:
        findings = ledger.verify(self.env.db, self.env.catalogue.paid_meter)
        assert findings == [], findings

    def settle(self, ref: str, captured: payments.Captured) -> payments.Settled:
        payment = self.payment(ref)
        assert payment.id is not None
        return payments.settle(self.env, system("test"), payment.id, captured)


@contextmanager
def open_world(db: Database, box: Box | None = None, catalogue: str = "makalah") -> Iterator[World]:
    """A world on this database. Without a box the gateway is out of reach, as it sometimes is."""
    clock = ManualClock(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
    crashes, signals = Crashes(), Signals()
    signalled: list[int] = []
    signals.subscribe(signalled.append)
    xendit_url = box.xendit_url if box else NEVER
    config = Config(
        _env_file=None, billing_env="test", database_url=str(db.url), xendit_base_url=xendit_url,
        xendit_callback_token=SecretStr(CALLBACK_TOKEN), resend_webhook_secret=SecretStr(MAIL_SECRET),
    )  # fmt: skip
    db = replace_failpoint(db, crashes)
    sold, bell = load(catalogue), Bell()
    env = Env(
        db=db, clock=clock, ids=Ids(), catalogue=sold,
        gateways={"xendit": XenditGateway(API_KEY, xendit_url, (CALLBACK_TOKEN,))},
        mailer=_mailer(box.resend_url if box else NEVER), signals=signals,
        writer=Writer(db, clock, sold.paid_meter, signals.publish_all, bell), passwords=_passwords(),
        failpoint=crashes, awaken=bell, config=config,
    )  # fmt: skip
    if not plans.is_applied(env):
        plans.apply(env, system("test"))
    signalled.clear()
    yield World(env, clock, crashes, signalled)
    env.writer.close_and_wait()
    db.dispose()


@cache
def _mailer(url: str) -> ResendMailer:
    """It keeps no state, and reads all the certificates of the machine when it is made."""
    return ResendMailer(MAIL_KEY, url, "billing@makalah.test")


@cache
def _passwords() -> Passwords:
    """At the lowest cost there is: what hashes are worth is told in tests/security/test_passwords.py."""
    return Passwords(memory_kib=8, rounds=1)


def replace_failpoint(db: Database, crashes: Crashes) -> Database:
    """The same database, whose commits can be interrupted."""
    return Database(db.url, failpoint=crashes)

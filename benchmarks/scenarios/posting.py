"""One spend through `ledger.post` on PostgreSQL, durable, against raw psycopg that writes the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy import text

from benchmarks.reference.raw_posting import RawPosting
from benchmarks.runner import Act, Goal
from benchmarks.servers import postgres
from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import LotIn, Posting, Transfer
from billing_ui.models import Account, PlanVersion

NAME = "posting"
GOALS = (
    Goal("ledger.post", "raw loop", 0.40),
    Goal("ledger.post", "raw single statement", 0.40, gates=False),
)
_TOKENS = 10**9


@contextmanager
def variants() -> Iterator[Mapping[str, Act]]:
    with postgres() as url:
        db = Database(url)
        with db.read() as tx:
            if (durability := tx.scalar(text("SHOW synchronous_commit"))) != "on":
                raise RuntimeError(
                    f"synchronous_commit is {durability}: commits would be compared that wait for no disk"
                )
        accounts = [_account(db, number) for number in range(3)]
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        loop, one = RawPosting(plain, accounts[1]), RawPosting(plain, accounts[2])
        numbers = count(1)

        def product() -> None:
            now, key = datetime.now(UTC), f"post:{next(numbers)}"
            transfer = Transfer("TOKEN", "wallet", "consumed", 1)
            with db.begin() as tx:
                ledger.post(tx, Posting(accounts[0], key, key, "benchmark", now, (transfer,)), now)

        try:
            yield {"ledger.post": product, "raw loop": loop.loop, "raw single statement": one.one_statement}
            if findings := ledger.verify(db):
                raise RuntimeError(f"fast and wrong: {findings[:3]}")
        finally:
            loop.connection.close()
            one.connection.close()
            db.dispose()


def _account(db: Database, number: int) -> int:
    now = datetime.now(UTC)
    with db.begin() as tx:
        plan = PlanVersion(
            public_id=f"pln_{number}", slug=f"plan-{number}", version=1, kind="prepaid", price_amount=0,
            currency="IDR", terms={}, content_hash="-", valid_from=now,
        )  # fmt: skip
        account = Account(
            public_id=f"acc_{number}", name="-", zone="UTC", currency="IDR", language="en", created_at=now
        )
        tx.add_all([plan, account])
        tx.flush()
        assert account.id is not None
        assert plan.id is not None
        ledger.open_head(tx, account.id, plan.id, "UTC", date(now.year, now.month, 1), now)
        fill = Posting(
            account.id, "fill", "fill", "benchmark", now, (Transfer("TOKEN", "issued", "wallet", _TOKENS),),
            LotIn("granted"),
        )  # fmt: skip
        ledger.post(tx, fill, now)
        return account.id

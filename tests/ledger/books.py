"""Builders for the ledger's tests: an account with open books, and the postings that happen to it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import LotIn, Posting, Receipt, Transfer
from billing_ui.ledger.shapes import Source
from billing_ui.ledger.tables import account_head, entry, lot
from billing_ui.models import Account, PlanVersion

START = datetime(2026, 3, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
_numbers = count(1)


def open_account(db: Database) -> int:
    """A new account with empty books; answers its id."""
    number = next(_numbers)
    with db.begin() as tx:
        plan = PlanVersion(
            public_id=f"pln_{number}", slug=f"plan-{number}", version=1, kind="prepaid", price_amount=0,
            currency="IDR", terms={}, content_hash="-", valid_from=START,
        )  # fmt: skip
        account = Account(
            public_id=f"acc_{number}", name="Sari", zone="Asia/Jakarta", currency="IDR", language="id",
            created_at=START,
        )  # fmt: skip
        tx.add_all([plan, account])
        tx.flush()
        assert account.id is not None
        assert plan.id is not None
        ledger.open_head(tx, account.id, plan.id, "Asia/Jakarta", date(2026, 3, 1), START)
        return account.id


@dataclass
class Books:
    """One account's books, and the acts a test does to them."""

    db: Database
    account_id: int
    now: datetime = START

    @classmethod
    def new(cls, db: Database) -> "Books":
        return cls(db, open_account(db))

    def post(self, posting: Posting) -> Receipt:
        with self.db.begin() as tx:
            return ledger.post(tx, posting, self.now)

    def posting(self, key: str, *transfers: Transfer, **facts: Any) -> Posting:
        return Posting(self.account_id, key, facts.pop("cause", f"test:{key}"), "test", self.now, transfers, **facts)

    def bring(self, quantity: int, key: str | None = None, source: Source = "bought", **lot_facts: Any) -> Receipt:
        transfer = Transfer("TOKEN", "issued", "wallet", quantity)
        return self.post(self.posting(key or f"in:{next(_numbers)}", transfer, lot=replace(LotIn(source), **lot_facts)))

    def take(self, quantity: int, key: str | None = None, into: str = "consumed", **facts: Any) -> Receipt:
        transfer = Transfer("TOKEN", "wallet", into, quantity, facts.pop("lot_id", None))
        return self.post(self.posting(key or f"out:{next(_numbers)}", transfer, **facts))

    def head(self) -> Any:
        with self.db.read() as tx:
            return tx.execute(select(account_head).where(account_head.c.account_id == self.account_id)).one()

    def entries(self) -> list[Any]:
        with self.db.read() as tx:
            asked = select(entry).where(entry.c.account_id == self.account_id).order_by(entry.c.seq)
            return list(tx.execute(asked).all())

    def lots(self) -> list[Any]:
        with self.db.read() as tx:
            return list(tx.execute(select(lot).where(lot.c.account_id == self.account_id).order_by(lot.c.id)).all())

    def change(self, statement: Any) -> None:
        """Goes behind the ledger's back."""
        with self.db.begin() as tx:
            tx.connection().execute(statement)

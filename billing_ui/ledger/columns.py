"""What the tables of the ledger are made of: pockets, the unit of the wallet, columns that are never empty."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, String

WALLET = "wallet"
ISSUED = "issued"
CONSUMED = "consumed"
EXPIRED = "expired"
PAYOUT = "payout"
CASH = "cash:"
POCKETS = (WALLET, ISSUED, CONSUMED, EXPIRED, "clearing", "deferred", "revenue", "fee", "tax", PAYOUT)
TOKEN = "TOKEN"  # noqa: S105 - the unit of the wallet, not a secret


def whole(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def words(name: str, size: int | None = None, *, null: bool = False) -> Column[str]:
    return Column(name, String(size), nullable=null)


def pocket_of(column: str) -> CheckConstraint:
    listed = ", ".join(f"'{pocket}'" for pocket in POCKETS)
    return CheckConstraint(f"{column} IN ({listed}) OR substr({column}, 1, {len(CASH)}) = '{CASH}'", name=column)

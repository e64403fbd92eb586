"""A fast wrong answer fails: after every scenario that writes, debits, entries, events, lots and rollups must agree."""

from __future__ import annotations

from sqlalchemy import text

from billing_ui import ledger
from billing_ui.infra.db import Database

_SUMS = {
    "heads": "SELECT sum(used), NULL FROM account_head",
    "balances": "SELECT sum(granted - balance), NULL FROM account_head",
    "entries": "SELECT sum(quantity), count(*) FROM entry WHERE credit = 'consumed'",
    "events": "SELECT sum(coalesce(from_lots, quantity)), count(*) FROM entry WHERE operation IS NOT NULL",
    "lots": "SELECT sum(quantity - remaining), NULL FROM lot",
    "days": "SELECT sum(charged), sum(events) FROM account_day",
    "months": "SELECT sum(charged), sum(events) FROM account_month",
    "hours": "SELECT sum(charged), sum(events) FROM system_hour",
    "days of all": "SELECT sum(charged), sum(events) FROM system_day",
}
_TOLD_TWICE = (
    "SELECT count(*) FROM (SELECT 1 FROM entry WHERE line = 1 GROUP BY account_id, key HAVING count(*) > 1) AS twice"
)


class FastAndWrongError(RuntimeError):
    """What was written does not add up, so no figure of it counts."""


def require(db: Database, *, whole: bool = True) -> None:
    """Raises when sums differ or an event is there twice. `whole` also has every account's books recomputed."""
    with db.read() as tx:
        found = {name: tuple(tx.execute(text(query)).one()) for name, query in _SUMS.items()}
        twice = tx.scalar(text(_TOLD_TWICE))
    charged = {int(tokens or 0) for tokens, _ in found.values()}
    counted = {int(number or 0) for _, number in found.values() if number is not None}
    if len(charged) != 1 or len(counted) != 1 or twice:
        raise FastAndWrongError(f"{found}, {twice} events twice")
    if whole:
        require_whole(db)


def require_whole(db: Database) -> None:
    """Every account's books, recomputed from entries and events."""
    if findings := ledger.verify(db, "tokens"):
        raise FastAndWrongError(f"{len(findings)} findings: {findings[:3]}")


def require_told(db: Database, prefix: str, events: int, tokens: int) -> None:
    """The events whose ids begin so are as many as were told, and cost as much."""
    query = "SELECT count(DISTINCT key), sum(quantity) FROM entry WHERE substr(key, 1, :length) = :prefix"
    with db.read() as tx:
        found = tx.execute(text(query), {"prefix": f"usage:{prefix}", "length": len(prefix) + len("usage:")}).one()
    if (found[0], int(found[1] or 0)) != (events, tokens):
        raise FastAndWrongError(f"told {events} events of {tokens} tokens, kept {found[0]} of {found[1]}")

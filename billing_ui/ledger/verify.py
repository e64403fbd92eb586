"""Recomputes every account's books from their entries and tells what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from billing_ui.infra.db import Database
from billing_ui.ledger.checks import CHECKS, HEADS, KEPT_AS
from billing_ui.ledger.lot_checks import LOT_CHECKS

_FIRST, _LAST = -(2**63), 2**63 - 1
_NEXT = text(
    "SELECT max(account_id) FROM (SELECT account_id FROM account_head WHERE account_id > :after"
    " ORDER BY account_id LIMIT :accounts) chunk HAVING count(*) = :accounts"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up: which check, whose books, what in them, and the two figures that differ."""

    check: str
    account_id: int
    subject: str
    found: int | None
    expected: int | None


def verify(db: Database, accounts_at_once: int = 1000) -> list[Finding]:
    """Looks at all accounts as they stand at one instant, some at a time. Empty means that the books are right."""
    with db.read() as tx:
        # Every statement must see the same instant. SQLite's readers do; PostgreSQL has to be asked.
        options = {} if db.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        connection = tx.connection(execution_options=options)
        return [
            finding
            for after, upto in _chunks(connection, accounts_at_once)
            for finding in _findings(connection, {"after": after, "upto": upto})
        ]


def _chunks(connection: Connection, accounts: int) -> Iterator[tuple[int, int]]:
    after = _FIRST
    while (upto := connection.scalar(_NEXT, {"after": after, "accounts": accounts})) is not None:
        yield after, upto
        after = upto
    yield after, _LAST


def _findings(connection: Connection, scope: dict[str, int]) -> Iterator[Finding]:
    for row in connection.execute(HEADS, scope).mappings():
        for name in KEPT_AS:
            kept, told = row[f"kept_{name}"], row[f"told_{name}"]
            if kept != told:
                yield Finding(name, row["account_id"], "head", kept, told)
    for check, query in (CHECKS | LOT_CHECKS).items():
        rows: Iterable[Any] = connection.execute(query, scope)
        for account_id, subject, found, expected in rows:
            yield Finding(check, account_id, str(subject), found, expected)

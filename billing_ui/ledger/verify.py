"""Recomputes every account's books from their entries and events and tells what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, text

from billing_ui.infra.db import Database
from billing_ui.ledger.checks import CHECKS, HEADS, KEPT_AS
from billing_ui.ledger.findings import Finding
from billing_ui.ledger.lot_checks import LOT_CHECKS
from billing_ui.ledger.seal_verify import seal_findings
from billing_ui.ledger.usage_checks import USAGE_CHECKS
from billing_ui.ledger.usage_verify import day_findings, hour_findings, usage_findings

_FIRST, _LAST = -(2**63), 2**63 - 1
_NEXT = text(
    "SELECT max(account_id) FROM (SELECT account_id FROM account_head WHERE account_id > :after"
    " ORDER BY account_id LIMIT :accounts) chunk HAVING count(*) = :accounts"
)


def verify(db: Database, paid_meter: str | None = None, accounts_at_once: int = 1000) -> list[Finding]:
    """Looks at all accounts as they stand at one instant, some at a time. Empty means that the books are right. Whoever
    has recorded use says which meter is the paid one."""
    with db.read() as tx:
        # Every statement must see the same instant. SQLite's readers do; PostgreSQL has to be asked.
        options = {} if db.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        connection = tx.connection(execution_options=options)
        found = [
            finding
            for after, upto in _chunks(connection, accounts_at_once)
            for finding in _findings(connection, {"after": after, "upto": upto}, paid_meter)
        ]
        return [*found, *hour_findings(connection, paid_meter), *day_findings(connection)]


def _chunks(connection: Connection, accounts: int) -> Iterator[tuple[int, int]]:
    after = _FIRST
    while (upto := connection.scalar(_NEXT, {"after": after, "accounts": accounts})) is not None:
        yield after, upto
        after = upto
    yield after, _LAST


def _findings(connection: Connection, scope: dict[str, int], paid: str | None) -> Iterator[Finding]:
    for row in connection.execute(HEADS, scope).mappings():
        for name in KEPT_AS:
            kept, told = row[f"kept_{name}"], row[f"told_{name}"]
            if kept != told:
                yield Finding(name, row["account_id"], "head", kept, told)
    for check, query in (CHECKS | LOT_CHECKS | USAGE_CHECKS).items():
        rows: Iterable[Any] = connection.execute(query, scope)
        for account_id, subject, found, expected in rows:
            yield Finding(check, account_id, str(subject), found, expected)
    yield from usage_findings(connection, scope, paid)
    yield from seal_findings(connection, scope)

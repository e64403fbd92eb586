"""Point A, for orientation: the smallest write that can be called correct, with a table of balances and one of entries.

It has a guard and refuses what is known, and none of the other duties: no lot, window, event, rollup or version.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import URL

from tests import servers

TABLES = (
    "CREATE TABLE small_account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))",
    (
        "CREATE TABLE small_ledger (seq bigserial PRIMARY KEY, account_id bigint NOT NULL, idem text NOT NULL, "
        "model text NOT NULL, operation text NOT NULL, tokens bigint NOT NULL, amount bigint NOT NULL, "
        "balance_after bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (account_id, idem))"
    ),
)
STATEMENT = """
WITH u AS (
 UPDATE small_account SET balance = balance - CAST(:q AS bigint)
 WHERE id = CAST(:a AS bigint) AND balance >= CAST(:q AS bigint) RETURNING balance
)
INSERT INTO small_ledger (account_id, idem, model, operation, tokens, amount, balance_after)
SELECT CAST(:a AS bigint), CAST(:e AS text), CAST(:m AS text), CAST(:op AS text), CAST(:q AS bigint),
 CAST(:q AS bigint), balance FROM u
RETURNING balance_after
"""


def prepare(url: URL, accounts: Sequence[int]) -> None:
    with servers.connect(url) as connection:
        for table in TABLES:
            connection.execute(table.encode())
        connection.execute(
            b"INSERT INTO small_account SELECT id, 1000000000000 FROM unnest(%s::bigint[]) AS told (id)",
            (list(accounts),),
        )
        connection.execute("VACUUM ANALYZE small_account, small_ledger")


def require(url: URL) -> None:
    """What left the balances is in the entries."""
    with servers.connect(url) as connection:
        row = connection.execute(
            "SELECT (SELECT sum(1000000000000 - balance) FROM small_account), (SELECT sum(amount) FROM small_ledger)"
        ).fetchone()
    assert row is not None
    if row[0] != row[1]:
        raise RuntimeError(f"the smallest write lost something: {row}")

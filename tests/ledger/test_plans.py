"""How PostgreSQL looks up the key of an event, also where one account has grown since it last counted."""

from __future__ import annotations

from sqlalchemy import text

from billing_ui.infra.db import Database
from billing_ui.infra.postgres_line import Statement
from billing_ui.ledger.postgres_statements import READ

COLUMNS = (
    "account_id, seq, quantity, balance_after, occurred_at, recorded_at, line, key, unit, debit, credit, actor, cause, "
    "request_hash"
)
ROW = "0, 0, now(), now(), 1, {key}, 'TOKEN', 'wallet', 'consumed', 'test', '', ''"
FILL, EVENT = ROW.format(key="'fill'"), ROW.format(key="'usage:event-' || to_char(n, 'FM000000000')")
MANY_SMALL = f"INSERT INTO entry ({COLUMNS}) SELECT n, 1, {FILL} FROM generate_series(1, 10000) n"
ONE_LARGE = f"INSERT INTO entry ({COLUMNS}) SELECT 1, n, {EVENT} FROM generate_series(2, 20000) n"


def test_a_key_is_found_by_its_index_however_large_its_account_has_become(postgres_url: str) -> None:
    db = Database(postgres_url)
    with db.begin() as tx:
        tx.execute(text(MANY_SMALL))
        tx.execute(text("ANALYZE entry"))
        tx.execute(text(ONE_LARGE))
        statement = Statement(READ)
        tx.connection().exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        tx.connection().exec_driver_sql(f"PREPARE asked AS {statement.words.decode()}")
        given = ", ".join({"accounts": "'{1}'", "keys": "'{usage:event-000000007}'"}.get(each, "'{}'") for each in
                          statement.names)  # fmt: skip
        plan = str(tx.execute(text(f"EXPLAIN EXECUTE asked ({given})")).all())
    db.dispose()
    assert "uq_entry_account_id_key_line" in plan
    assert "pk_entry" not in plan

"""An event stands on the last entry of its posting instead of in a table of its own; hashes and instants are smaller.

The entries are written anew, so there must be room for them twice. Nothing that a seal was put on changes its meaning.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import HexBytes, JsonOrNothing, UtcDateTime, UtcMicros

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

POCKETS = "'wallet', 'issued', 'consumed', 'expired', 'clearing', 'deferred', 'revenue', 'fee', 'tax', 'payout'"
COUNTS = ("input", "output", "cached", "told", "allowance", "from_lots", "overage", "uncovered")
OLD_COUNTS = ("input", "output", "cached", "quantity", "allowance", "from_lots", "overage", "uncovered")
# What each database calls things: (SQLite, PostgreSQL).
WORDS = {
    "smaller": (
        "CAST(strftime('%s', {0}) AS INTEGER) * 1000000 + CAST(substr({0}, 21, 6) AS INTEGER)",
        "{0}",
    ),
    "larger": (
        "strftime('%Y-%m-%d %H:%M:%S.', {0} / 1000000, 'unixepoch') || printf('%06d', {0} % 1000000)",
        "{0}",
    ),
    "bytes": ("bytes_of_hex({0})", "decode({0}, 'hex')"),
    "hex": ("lower(hex({0}))", "encode({0}, 'hex')"),
}


def upgrade() -> None:
    if _is_sqlite():
        driver: Any = op.get_bind().connection.driver_connection
        driver.create_function("bytes_of_hex", 1, bytes.fromhex, deterministic=True)
    _keep_others_out("entry", "usage_event")
    _create_entry_anew()
    _require_whole()
    events = (
        "v.input, v.output, nullif(v.cached, 0), nullif(v.quantity, 0), nullif(v.allowance, 0), "
        "nullif(v.from_lots, e.quantity), v.overage, v.uncovered, v.rate_version"
    )
    op.execute(
        f"INSERT INTO entry_anew (account_id, seq, quantity, balance_after, lot_id, occurred_at, recorded_at, "  # noqa: S608
        f"{', '.join(COUNTS)}, rate_version, line, key, unit, debit, credit, actor, cause, request_hash, operation, "
        f"model, session, draws, metadata) SELECT e.account_id, e.seq, e.quantity, e.balance_after, e.lot_id, "
        f"{_said('smaller', 'e.occurred_at')}, {_said('smaller', 'e.recorded_at')}, {events}, e.line, e.key, e.unit, "
        f"e.debit, e.credit, e.actor, e.cause, {_said('bytes', 'e.request_hash')}, v.operation, v.model, v.session, "
        "v.draws, v.metadata FROM entry e "
        "LEFT JOIN usage_event v ON v.account_id = e.account_id AND v.seq = e.seq ORDER BY e.account_id, e.seq"
    )
    op.drop_table("usage_event")
    _put_in_place()
    _create_index("ix_entry_session", ["account_id", "session"], "session IS NOT NULL")
    _tell_planner({"ix_entry_session": "1000000 1000 20"})
    if not _is_sqlite():
        # Room for the sums of a day or a month to be rewritten on their own page, without touching their indexes.
        op.execute("ALTER TABLE account_day SET (fillfactor = 80)")
        op.execute("ALTER TABLE account_month SET (fillfactor = 80)")


def downgrade() -> None:
    _keep_others_out("entry")
    _create_old_usage_event()
    op.execute(
        "INSERT INTO usage_event (account_id, seq, operation, model, session, input, output, cached, quantity, draws, "  # noqa: S608
        "rate_version, allowance, from_lots, overage, uncovered, occurred_at, metadata) SELECT account_id, seq, "
        "operation, model, session, input, output, coalesce(cached, 0), coalesce(told, 0), draws, rate_version, "
        f"coalesce(allowance, 0), coalesce(from_lots, quantity), overage, uncovered, {_said('larger', 'occurred_at')}, "
        "metadata FROM entry WHERE operation IS NOT NULL ORDER BY account_id, seq"
    )
    _create_old_entry()
    columns = "account_id, seq, key, line, unit, debit, credit, quantity, balance_after, lot_id"
    op.execute(
        f"INSERT INTO entry_anew ({columns}, occurred_at, recorded_at, actor, cause, request_hash) "  # noqa: S608
        f"SELECT {columns}, {_said('larger', 'occurred_at')}, {_said('larger', 'recorded_at')}, actor, cause, "
        f"{_said('hex', 'request_hash')} FROM entry ORDER BY account_id, seq"
    )
    _put_in_place()
    _create_index("ix_usage_event_session", ["account_id", "session"], "session IS NOT NULL", "usage_event")
    _refuse_changes("usage_event", ("seq = NEW.seq",))
    _tell_planner({})


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _keep_others_out(*tables: str) -> None:
    """What somebody posts while the rows are copied would go with the old table. On SQLite a migration has the file to
    itself."""
    if not _is_sqlite():
        op.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")


def _require_whole() -> None:
    """An event that says something else than its entry would lose it here."""
    lost = op.get_bind().scalar(
        sa.text(
            "SELECT count(*) FROM usage_event v LEFT JOIN entry e ON e.account_id = v.account_id AND e.seq = v.seq "
            "WHERE e.seq IS NULL OR e.occurred_at <> v.occurred_at"
        )
    )
    if lost:
        raise RuntimeError(f"{lost} usage events do not agree with their entries: see what `billing-ui verify` finds")


def _said(word: str, column: str) -> str:
    return WORDS[word][not _is_sqlite()].format(column)


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def _words(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _checks() -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_entry_quantity")),
        *(
            sa.CheckConstraint(
                f"{side} IN ({POCKETS}) OR substr({side}, 1, 5) = 'cash:'", name=op.f(f"ck_entry_{side}")
            )
            for side in ("debit", "credit")
        ),
        sa.CheckConstraint(
            "unit = 'TOKEN' OR (debit <> 'wallet' AND credit <> 'wallet')", name=op.f("ck_entry_wallet_unit")
        ),
    ]


def _keys() -> list[sa.schema.Constraint]:
    """On SQLite they are part of the table. On PostgreSQL they are built over all rows at once, which is faster."""
    if not _is_sqlite():
        return []
    return [
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_entry")),
        sa.UniqueConstraint("account_id", "key", "line", name=op.f("uq_entry_account_id_key_line")),
    ]


def _create_entry_anew() -> None:
    op.create_table(
        "entry_anew",
        *(_whole(name) for name in ("account_id", "seq", "quantity", "balance_after")),
        _whole("lot_id", null=True),
        *(sa.Column(name, UtcMicros(), nullable=False) for name in ("occurred_at", "recorded_at")),
        *(_whole(name, null=True) for name in COUNTS),
        sa.Column("rate_version", sa.Integer(), nullable=True),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        *(_words(name) for name in ("key", "unit", "debit", "credit", "actor", "cause")),
        sa.Column("request_hash", HexBytes(), nullable=False),
        *(_words(name, null=True) for name in ("operation", "model", "session")),
        *(sa.Column(name, JsonOrNothing, nullable=True) for name in ("draws", "metadata")),
        *_checks(),
        sa.CheckConstraint(" AND ".join(f"{name} >= 0" for name in COUNTS), name=op.f("ck_entry_not_negative")),
        sa.CheckConstraint(
            "operation IS NULL OR (model IS NOT NULL AND input IS NOT NULL AND output IS NOT NULL)",
            name=op.f("ck_entry_event"),
        ),
        *_keys(),
        sqlite_with_rowid=False,
    )


def _create_old_entry() -> None:
    op.create_table(
        "entry_anew",
        _whole("account_id"),
        _whole("seq"),
        _words("key"),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        *(_words(name) for name in ("unit", "debit", "credit")),
        _whole("quantity"),
        _whole("balance_after"),
        _whole("lot_id", null=True),
        *(sa.Column(name, UtcDateTime(), nullable=False) for name in ("occurred_at", "recorded_at")),
        *(_words(name) for name in ("actor", "cause")),
        sa.Column("request_hash", sa.String(32), nullable=False),
        *_checks(),
        *_keys(),
        sqlite_with_rowid=False,
    )


def _create_old_usage_event() -> None:
    op.create_table(
        "usage_event",
        _whole("account_id"),
        _whole("seq"),
        *(_words(name) for name in ("operation", "model")),
        _words("session", null=True),
        *(_whole(name) for name in OLD_COUNTS[:4]),
        sa.Column("draws", JsonOrNothing, nullable=True),
        sa.Column("rate_version", sa.Integer(), nullable=True),
        *(_whole(name, null=name in ("overage", "uncovered")) for name in OLD_COUNTS[4:]),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("metadata", JsonOrNothing, nullable=True),
        sa.CheckConstraint(
            " AND ".join(f"{name} >= 0" for name in OLD_COUNTS), name=op.f("ck_usage_event_not_negative")
        ),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_usage_event")),
        sqlite_with_rowid=False,
    )


def _put_in_place() -> None:
    """The new table takes the name of the old one, and all that hangs on it."""
    op.drop_table("entry")
    op.rename_table("entry_anew", "entry")
    if not _is_sqlite():
        op.create_primary_key("pk_entry", "entry", ["account_id", "seq"])
        op.create_unique_constraint("uq_entry_account_id_key_line", "entry", ["account_id", "key", "line"])
    _create_index("ix_entry_besides_usage", ["account_id", "seq"], "substr(key, 1, 5) <> 'usage'")
    _create_index("ix_entry_rare", ["account_id", "seq"], "substr(key, 1, 5) NOT IN ('usage', 'topup')")
    _create_index("ix_entry_money", ["recorded_at"], "unit <> 'TOKEN'")
    _refuse_changes("entry", ("seq = NEW.seq", "key = NEW.key AND line = NEW.line"))


def _create_index(name: str, columns: list[str], where: str, table: str = "entry") -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _refuse_changes(table: str, sames: tuple[str, ...]) -> None:
    if not _is_sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    known = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE account_id = NEW.account_id AND {same})"  # noqa: S608 - our words
        for same in sames
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {known} "
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} is append-only'); END"
    )


def _tell_planner(more: dict[str, str]) -> None:
    """The proportions of a grown desk: what SQLite was told goes with the old table, and PostgreSQL, which takes every
    account for a small one as long as most are, would look for a key among all entries of an account."""
    connection = op.get_bind()
    if not _is_sqlite():
        op.execute("ALTER TABLE entry ALTER COLUMN account_id SET (n_distinct = -0.01)")
        if connection.scalar(sa.text("SELECT EXISTS (SELECT 1 FROM entry)")):
            op.execute("ANALYZE entry")
        return
    kinds = {row.origin: row.name for row in connection.execute(sa.text("PRAGMA index_list(entry)"))}
    proportions = {
        "entry": "1000000 1000 1",
        kinds["u"]: "1000000 1000 2 1",
        "ix_entry_besides_usage": "20000 50 1",
        "ix_entry_rare": "2000 5 1",
        **more,
    }
    op.execute("ANALYZE entry")
    op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'entry'")
    told = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('entry', :idx, :stat)")
    connection.execute(told, [{"idx": name, "stat": stat} for name, stat in proportions.items()])

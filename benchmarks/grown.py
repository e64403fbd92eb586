"""Ninety days of events in a shop, the same in every run: made by each database itself, number by number, without dice.

Accounts are used by `10,000·r^2.5`, so that the first has 2.5 % of all events. Entries, events, heads, lots and rollups
are those that the usage writer would have left; only the running counters of the heads start from nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy.engine import URL

from benchmarks import sums
from benchmarks.stock import ACCOUNTS, TOKENS, Kind, Stock, opened
from benchmarks.traffic import MODELS, OPERATIONS
from billing_ui.ledger.usage_tables import COUNTERS
from tests import servers

Size = Literal["small", "large"]
EVENTS = {"small": 1_000_000, "large": 10_000_000}
QUICK_EVENTS = {"small": 50_000, "large": 500_000}
DAYS = 90
_BUCKETS = 65_536
_EAST_S = 7 * 3600  # Asia/Jakarta, which has no other time


def _case(column: str, words: Sequence[str]) -> str:
    told = " ".join(f"WHEN {number} THEN '{word}'" for number, word in enumerate(words))
    return f"CASE {column} {told} END"


# PostgreSQL keeps rows as they come, so they come by time; SQLite keeps them by account, whatever they come by.
# The places of numbers: x spreads events over accounts, y over all the rest.
_NUMBERS = """
 SELECT i, (i * 2654435761 % 4294967296) / 65536 AS bucket, (i * 1103515245 + 12345) % 2147483648 / 64 AS y,
  {start} + i * {step} / 1000 AS sec, i * {step} % 1000 AS ms
 FROM {numbers}
"""
_MADE = """
CREATE {unlogged} TABLE made AS
SELECT i, who.account_id, who.lot_id, y / 8 % 4 AS op, y / 32 % 6 AS m, 1 + y / 192 % 2000 AS used,
 1 + y / 64 % 1000 AS out, sec, ms, 1 + row_number() OVER mine AS seq,
 sum(2 + y / 192 % 2000 + y / 64 % 1000) OVER mine AS running
FROM (NUMBERED) AS numbered JOIN who ON who.bucket = numbered.bucket
WINDOW mine AS (PARTITION BY who.account_id ORDER BY i ROWS UNBOUNDED PRECEDING)
ORDER BY {made_by}
""".replace("NUMBERED", _NUMBERS)
_ENTRIES = """
INSERT INTO entry (account_id, seq, quantity, balance_after, lot_id, occurred_at, recorded_at, input, output,
 rate_version, line, key, unit, debit, credit, actor, cause, request_hash, operation, model, session)
SELECT account_id, seq, used + out, {tokens} - running, lot_id, {at}, {at}, used, out, 1, 1, 'usage:old-' || i, 'TOKEN',
 'wallet', 'consumed', 'host-benchmark', '', {hash}, {operation}, {model}, 's' || ({local} / 86400)
FROM made {in_order}
"""
_HEADS = """
UPDATE account_head SET seq = told.seq, balance = {tokens} - told.used, used = told.used, last_at = {last}
FROM (SELECT account_id AS id, max(seq) AS seq, max(running) AS used FROM made GROUP BY account_id) AS told
WHERE told.id = account_head.account_id
"""
_LOTS = """
UPDATE lot SET remaining = {tokens} - told.used
FROM (SELECT lot_id, max(running) AS used FROM made GROUP BY lot_id) AS told WHERE told.lot_id = lot.id
"""
_ROLLUP = "INSERT INTO {table} ({keys}, {counters}) SELECT {values}, {sums} FROM {source} GROUP BY {groups}"
_SUMS = {
    "made": "count(*), sum(used), sum(out), sum(used + out), sum(used + out), 0, 0",
    # All accounts have the same days here, and whole hours: months and the days of all are sums of what is kept.
    "account_day": ", ".join(f"sum({name})" for name in COUNTERS),
    "system_hour": ", ".join(f"sum({name})" for name in COUNTERS),
}
_WORDS = {
    "pg": {
        "unlogged": "UNLOGGED", "numbers": "generate_series(1::bigint, {events}) AS numbers (i)",
        "at": "to_timestamp(sec + ms / 1000.0)", "hash": "decode('0123456789abcdef', 'hex')",
        "local": f"(sec + {_EAST_S})", "made_by": "i", "in_order": "",
        "operation": f"('{{{{{','.join(OPERATIONS)}}}}}'::text[])[op + 1]",
        "model": f"('{{{{{','.join(MODELS)}}}}}'::text[])[m + 1]",
        "day_on": f"(timestamp 'epoch' + ((sec + {_EAST_S}) / 86400) * interval '1 day')::date",
        "month_on": "date_trunc('month', day_on)::date",
        "hour_at": "to_timestamp(sec / 3600 * 3600)",
        "day_of_hour": f"((hour_at AT TIME ZONE 'UTC') + interval '{_EAST_S} seconds')::date",
    },
    "sqlite": {
        "unlogged": "", "numbers": "numbers",
        "at": "sec * 1000000 + ms * 1000", "hash": "x'0123456789abcdef'",
        "local": f"(sec + {_EAST_S})", "made_by": "account_id, i", "in_order": "ORDER BY rowid",
        "operation": _case("op", OPERATIONS),
        "model": _case("m", MODELS),
        "day_on": f"date(sec + {_EAST_S}, 'unixepoch')",
        "month_on": "date(day_on, 'start of month')",
        "hour_at": "strftime('%Y-%m-%d %H:00:00.000000', sec, 'unixepoch')",
        "day_of_hour": f"date(hour_at, '{_EAST_S} seconds')",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grown:
    url: URL
    events: int


def grown(stock: Stock, kind: Kind, size: Size) -> Grown:
    """A shop with so many events, whose books add up. It is made once, and scenarios share it."""
    if (kind, size) not in stock.grown:
        stock.grown[kind, size] = grow(stock, kind, size)
    return stock.grown[kind, size]


def grow(stock: Stock, kind: Kind, size: Size) -> Grown:
    events = (QUICK_EVENTS if stock.quick else EVENTS)[size]
    url = stock.copy(kind)
    statements = _statements(kind, events)
    if kind == "sqlite":
        _on_sqlite(url, events, statements)
    else:
        _on_postgres(url, statements)
    with opened(url) as one:
        sums.require(one.env.db, whole=False)
    return Grown(url, events)


def _statements(kind: Kind, events: int) -> list[str]:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    step = DAYS * 86_400_000 // events
    last = start + timedelta(milliseconds=step * events)
    at = f"'{last:%Y-%m-%d %H:%M:%S.%f}'"
    numbers = {"start": int(start.timestamp()), "step": step, "events": events, "tokens": TOKENS,
               "last": f"timestamptz {at[:-1]}+00'" if kind == "pg" else at}  # fmt: skip
    words = {name: word.format(**numbers) for name, word in _WORDS[kind].items()} | numbers
    whole = [each.format(**words) for each in (_MADE, _ENTRIES, _HEADS, _LOTS)]
    return whole + [
        _ROLLUP.format(counters=", ".join(COUNTERS), sums=_SUMS[told["source"]], **told) for told in _rollups(words)
    ]


def _rollups(words: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Grouped by numbers, which is cheaper than by words and stamps."""
    meter, day = f"'tokens', {words['model']}, {words['operation']}", f"(sec + {_EAST_S}) / 86400"
    yield {"table": "account_day", "keys": "account_id, day_on, meter, model, operation", "source": "made",
           "values": f"account_id, {words['day_on']}, {meter}", "groups": f"account_id, {day}, op, m"}  # fmt: skip
    yield {"table": "account_month", "keys": "account_id, month_on, meter", "source": "account_day",
           "values": f"account_id, {words['month_on']}, meter", "groups": "1, 2, 3"}  # fmt: skip
    yield {"table": "system_hour", "keys": "hour_at, meter, model, operation, stripe", "source": "made",
           "values": f"{words['hour_at']}, {meter}, 0", "groups": "sec / 3600, op, m"}  # fmt: skip
    yield {"table": "system_day", "keys": "day_on, meter, model, operation, stripe", "source": "system_hour",
           "values": f"{words['day_of_hour']}, meter, model, operation, 0", "groups": "1, 2, 3, 4"}  # fmt: skip


def _who(accounts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Which account an event of a bucket belongs to, and its lot."""
    return [(at, *accounts[int(ACCOUNTS * ((at + 0.5) / _BUCKETS) ** 2.5)]) for at in range(_BUCKETS)]


_ACCOUNTS = "SELECT account_id, id FROM lot ORDER BY account_id"
# Built once over all rows, where millions of insertions would build them row by row.
_LATER = ("entry", "account_day")


def _on_postgres(url: URL, statements: Sequence[str]) -> None:
    with servers.connect(url) as connection:
        for setting in (
            "synchronous_commit = off",
            "work_mem = '1GB'",
            "maintenance_work_mem = '1GB'",
            "timezone = 'UTC'",
            "jit = off",
        ):
            connection.execute(f"SET {setting}".encode())
        connection.execute("CREATE TABLE who (bucket bigint PRIMARY KEY, account_id bigint, lot_id bigint)")
        who = _who(connection.execute(_ACCOUNTS.encode()).fetchall())  # type: ignore[arg-type]  # rows of two numbers
        with connection.cursor().copy("COPY who FROM STDIN") as copy:
            for row in who:
                copy.write_row(row)
        connection.execute("ANALYZE who")
        made, *rest = statements
        connection.execute(made.encode())
        connection.execute("ANALYZE made")
        put_back = _take_away(connection)
        for statement in rest:
            connection.execute(statement.encode())
        for statement in put_back:
            connection.execute(statement.encode())
        connection.execute("DROP TABLE made, who")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _take_away(connection: object) -> list[str]:
    """Keys and indexes of the two long tables, and the statements that make them anew."""
    back: list[str] = []
    for table in _LATER:
        told = connection.execute(  # type: ignore[attr-defined]  # a connection of psycopg
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype IN ('p', 'u')", (table,)
        ).fetchall()  # fmt: skip
        for name, definition in told:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())  # type: ignore[attr-defined]
            back.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        left = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
        for name, definition in connection.execute(left, (table,)).fetchall():  # type: ignore[attr-defined]
            connection.execute(f"DROP INDEX {name}".encode())  # type: ignore[attr-defined]
            back.append(definition)
    return back


def _on_sqlite(url: URL, events: int, statements: Sequence[str]) -> None:
    connection = sqlite3.connect(str(url.database), isolation_level=None)
    for pragma in (
        "journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "temp_store=FILE", "ignore_check_constraints=ON",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE who (bucket INTEGER PRIMARY KEY, account_id INTEGER, lot_id INTEGER)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO who VALUES (?, ?, ?)", _who(connection.execute(_ACCOUNTS).fetchall()))
    connection.execute("COMMIT")
    counted = f"WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {events}) SELECT"
    made, *rest = statements
    connection.execute(made.replace("SELECT", counted, 1))
    # What looks at each row as it comes, and takes as long as writing it.
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in (*rest, *(put_back for _, put_back in triggers)):
        connection.execute(statement)
    connection.execute("DROP TABLE made")
    connection.execute("DROP TABLE who")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()

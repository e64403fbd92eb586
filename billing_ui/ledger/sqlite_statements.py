"""The statements of the usage writer on SQLite, where a statement is no trip: what PostgreSQL does in two, in steps."""

READ = """
SELECT account_id, version, seq, balance, held, floor, access, plan_version_id, period_on, zone, last_at, due_at,
 release_at, windows
FROM account_head WHERE account_id IN (SELECT value FROM json_each(?))
"""
LOTS = """
SELECT account_id, id, public_id, priority, expires_at, remaining, is_frozen
FROM lot WHERE account_id IN (SELECT value FROM json_each(?)) AND is_open = 1
"""
# CROSS JOIN keeps the order: first what is asked for, then its one entry by the unique key, then its event.
KNOWN = """
SELECT event.account_id, entry.key, event.seq, event.draws, event.allowance, event.from_lots, event.overage,
 event.uncovered, entry.balance_after, event.occurred_at, entry.request_hash
FROM json_each(?) asked
CROSS JOIN entry ON entry.account_id = asked.value ->> 0 AND entry.key = asked.value ->> 1
CROSS JOIN usage_event event ON event.account_id = entry.account_id AND event.seq = entry.seq
"""
HOLDS = """
SELECT hold.account_id, hold.id, hold.key, hold.quantity, hold.draws, hold.allowance, hold.held_at, hold.expires_at,
 hold.state, hold.request_hash
FROM json_each(?) asked
CROSS JOIN hold ON hold.account_id = asked.value ->> 0 AND hold.key = asked.value ->> 1
"""

ZONE = "SELECT zone FROM system_zone"

_SUMS = {"events": "n", "input": "i", "output": "o", "quantity": "q", "charged": "c", "overage": "v", "uncovered": "u"}


def _rollup(table: str, key: dict[str, str]) -> str:
    columns, given = ", ".join((*key, *_SUMS)), ", ".join((*key.values(), *(f":{name}" for name in _SUMS.values())))
    added = ", ".join(f"{name} = {name} + excluded.{name}" for name in _SUMS)
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({given}) "  # noqa: S608 - our own words
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added}"
    )


_WHAT = {"meter": ":m", "model": ":md", "operation": ":op"}
# Each cell is added to a day, a month and an hour, and to a day of all accounts where those are kept. Whoever writes is
# alone here, so days of all have one stripe, and whoever reads them need not add up any.
DAYS_OF_ALL = _rollup("system_day", {"day_on": ":z"} | _WHAT | {"stripe": "0"})
ROLLUPS = (
    _rollup("account_day", {"account_id": ":a", "day_on": ":d"} | _WHAT),
    _rollup("account_month", {"month_on": "date(:d, 'start of month')", "meter": ":m", "account_id": ":a"}),
    _rollup("system_hour", {"hour_at": ":h"} | _WHAT | {"stripe": ":stripe"}),
)
# In the order in which they are written; the names are those of the rows that `batch_rows.written` makes.
WRITES = {
    "heads": "UPDATE account_head SET version = version + 1, seq = :s, balance = :b, held = :h, used = used + :u,"
    " last_at = :l, due_at = :d, release_at = :r, windows = :w WHERE account_id = :a AND version = :v",
    "lines": "INSERT INTO entry (account_id, seq, key, line, unit, debit, credit, quantity, balance_after, lot_id,"
    " occurred_at, recorded_at, actor, cause, request_hash)"
    " VALUES (:a, :s, :k, :l, 'TOKEN', 'wallet', 'consumed', :q, :b, :t, :o, :n, :w, :c, :h)",
    "events": "INSERT INTO usage_event (account_id, seq, operation, model, session, input, output, cached,"
    " quantity, draws, rate_version, allowance, from_lots, overage, uncovered, occurred_at, metadata)"
    " VALUES (:a, :s, :op, :m, :ss, :i, :o, :c, :q, :d, :r, :al, :fl, :ov, :un, :at, :md)",
    "lots": "UPDATE lot SET remaining = :r, is_open = :r > 0 WHERE id = :i",
    "holds": "INSERT INTO hold (account_id, key, quantity, draws, allowance, held_at, expires_at, state, request_hash)"
    " VALUES (:a, :k, :q, :d, :al, :at, :e, :s, :h)",
    "ended": "UPDATE hold SET state = :s WHERE id = :i",
    "jobs": "INSERT INTO job (kind, key, args, state, due_at, attempts, last_error, created_at)"
    " VALUES ('alerts.tell', :k, :g, 'queued', :t, 0, '', :t) ON CONFLICT (key) DO NOTHING",
}
# Where a row holds something that SQLite keeps as JSON text.
JSON_VALUES = {"heads": ("w",), "events": ("d", "md"), "holds": ("d",), "jobs": ("g",)}

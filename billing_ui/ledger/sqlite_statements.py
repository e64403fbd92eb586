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
# CROSS JOIN keeps the order: first what is asked for, then its entries by the unique key. The last one has the event.
KNOWN = """
SELECT entry.account_id, entry.key, entry.seq, entry.draws, coalesce(entry.allowance, 0),
 coalesce(entry.from_lots, entry.quantity), entry.overage, entry.uncovered, entry.balance_after, entry.occurred_at,
 lower(hex(entry.request_hash))
FROM json_each(?) asked
CROSS JOIN entry ON entry.account_id = asked.value ->> 0 AND entry.key = asked.value ->> 1
WHERE entry.operation IS NOT NULL
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
    "lines": "INSERT INTO entry (account_id, seq, quantity, balance_after, lot_id, occurred_at, recorded_at, input,"
    " output, cached, told, allowance, from_lots, overage, uncovered, rate_version, line, key, unit, debit, credit,"
    " actor, cause, request_hash, operation, model, session, draws, metadata)"
    " VALUES (:a, :s, :q, :b, :t, :at, :n, :i, :o, :c, :tq, :al, :fl, :ov, :un, :r, :l, :k, 'TOKEN', 'wallet',"
    " 'consumed', :w, '', :h, :op, :m, :ss, :d, :md)",
    "lots": "UPDATE lot SET remaining = :r, is_open = :r > 0 WHERE id = :i",
    "holds": "INSERT INTO hold (account_id, key, quantity, draws, allowance, held_at, expires_at, state, request_hash)"
    " VALUES (:a, :k, :q, :d, :al, :at, :e, :s, :h)",
    "ended": "UPDATE hold SET state = :s WHERE id = :i",
    "jobs": "INSERT INTO job (kind, key, args, state, due_at, attempts, last_error, created_at)"
    " VALUES ('alerts.tell', :k, :g, 'queued', :t, 0, '', :t) ON CONFLICT (key) DO NOTHING",
}
# Where a row holds something that SQLite keeps as JSON text.
JSON_VALUES = {"heads": ("w",), "lines": ("d", "md"), "holds": ("d",), "jobs": ("g",)}

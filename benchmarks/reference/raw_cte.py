"""The limit on PostgreSQL: one event in one statement, with every row and every guard that the product has.

Known key, access, floor, two limits, due lots; then head with five counters, lot, entry with its event, four rollups.
It reckons nothing in a program: no price, no calendar, no answer to who asked, no event that takes from several lots.
"""

from __future__ import annotations

from random import Random

import psycopg

from benchmarks.reference.instants import instants
from benchmarks.traffic import MODELS, OPERATIONS, REPEATED_PERCENT
from billing_ui.ledger.usage_tables import COUNTERS
from billing_ui.rules.quotas import KINDS

LIMITS = {"day": 500_000_000_000, "month": 5_000_000_000_000}
_NAMES = ", ".join(COUNTERS)
_ADDED = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in COUNTERS)
_SUMS = "1, CAST({i} AS bigint), CAST({o} AS bigint), CAST({q} AS bigint), CAST({q} AS bigint), 0, 0"


def _used(kind: str) -> str:
    slot = f"head.windows #>> '{{{{tokens,{kind},%s}}}}'"
    starts, used = slot % 0, slot % 1
    return f"CASE WHEN CAST({starts} AS bigint) = CAST({{{kind}}} AS bigint) THEN CAST({used} AS bigint) ELSE 0 END"


_COUNTERS = ", ".join(
    f"'{kind}', jsonb_build_array(CAST({{{kind}}} AS bigint), {_used(kind)} + CAST({{q}} AS bigint))" for kind in KINDS
)
_LIMITS = " AND ".join(f"{_used(kind)} + CAST({{q}} AS bigint) <= {limit}" for kind, limit in LIMITS.items())
_KEYS = "'tokens', CAST({m} AS text), CAST({op} AS text)"


def _rollup(table: str, keys: str, values: str) -> str:
    return (
        f"INSERT INTO {table} AS t ({keys}, {_NAMES}) SELECT {values}, {_SUMS} FROM moved "
        f"ON CONFLICT ({keys}) DO UPDATE SET {_ADDED}"
    )


# The key is looked up by what comes before it in the unique index, an order that no other index has: statistics that
# know one entry for each account would else have all entries of a busy one looked through.
TEMPLATE = f"""
WITH known AS MATERIALIZED (
 SELECT seq FROM (
  SELECT account_id, key, seq FROM entry
  WHERE (account_id, key, line) <= (CAST({{a}} AS bigint), 'usage:' || CAST({{e}} AS text), 32767)
  ORDER BY account_id DESC, key DESC, line DESC LIMIT 1
 ) AS before WHERE account_id = CAST({{a}} AS bigint) AND key = 'usage:' || CAST({{e}} AS text)
), moved AS (
 UPDATE account_head head SET version = version + 1, seq = seq + 1, balance = balance - CAST({{q}} AS bigint),
  used = used + CAST({{q}} AS bigint), last_at = greatest(last_at, CAST({{at}} AS timestamptz)),
  windows = jsonb_build_object('tokens', jsonb_build_object({_COUNTERS}))
 WHERE account_id = CAST({{a}} AS bigint) AND access = 'open' AND balance - held - CAST({{q}} AS bigint) >= floor
  AND (due_at IS NULL OR due_at > CAST({{at}} AS timestamptz)) AND {_LIMITS} AND NOT EXISTS (SELECT 1 FROM known)
 RETURNING account_id, seq, balance, last_at
), burned AS (
 UPDATE lot SET remaining = remaining - CAST({{q}} AS bigint), is_open = remaining - CAST({{q}} AS bigint) > 0
 FROM moved
 WHERE lot.id = (SELECT id FROM lot WHERE account_id = CAST({{a}} AS bigint) AND is_open AND NOT is_frozen
  ORDER BY priority, expires_at, id LIMIT 1) AND remaining >= CAST({{q}} AS bigint)
 RETURNING lot.id
), written AS (
 INSERT INTO entry (account_id, seq, quantity, balance_after, lot_id, occurred_at, recorded_at, input, output,
  rate_version, line, key, unit, debit, credit, actor, cause, request_hash, operation, model, session)
 SELECT moved.account_id, moved.seq, CAST({{q}} AS bigint), moved.balance, burned.id, CAST({{at}} AS timestamptz),
  moved.last_at, CAST({{i}} AS bigint), CAST({{o}} AS bigint), 1, 1, 'usage:' || CAST({{e}} AS text), 'TOKEN', 'wallet',
  'consumed', 'host-benchmark', '', decode('0123456789abcdef', 'hex'), CAST({{op}} AS text), CAST({{m}} AS text),
  CAST({{ss}} AS text)
 FROM moved, burned
), days AS (
 {
    _rollup(
        "account_day",
        "account_id, day_on, meter, model, operation",
        f"moved.account_id, CAST({{day_on}} AS date), {_KEYS}",
    )
}
), months AS (
 {
    _rollup(
        "account_month",
        "month_on, meter, account_id",
        "CAST({month_on} AS date), 'tokens', moved.account_id",
    )
}
), hours AS (
 {
    _rollup(
        "system_hour",
        "hour_at, meter, model, operation, stripe",
        f"CAST({{hour_at}} AS timestamptz), {_KEYS}, CAST({{stripe}} AS smallint)",
    )
}
), days_of_all AS (
 {
    _rollup(
        "system_day",
        "day_on, meter, model, operation, stripe",
        f"CAST({{day_on}} AS date), {_KEYS}, CAST({{stripe}} AS smallint)",
    )
}
)
SELECT seq FROM moved UNION ALL SELECT seq FROM known
"""
NAMES = ("a", "e", "q", "i", "o", "op", "m", "ss", "at", "hour_at", "day_on", "month_on", "stripe", *KINDS)


def statement(slot: str) -> str:
    """With places for values as `%(name)s` or `:name`."""
    return TEMPLATE.format(**{name: slot.format(name) for name in NAMES})


def instants_by_name() -> dict[str, str | int]:
    now = instants()
    return {
        "at": now.at.isoformat(), "hour_at": now.hour_at.isoformat(), "day_on": now.day_on.isoformat(),
        "month_on": now.month_on.isoformat(), **now.windows,
    }  # fmt: skip


class RawCte:
    """A program with one connection and one event at a time."""

    def __init__(self, conninfo: str, accounts: tuple[int, ...], *, durable: bool = True) -> None:
        switch = "on" if durable else "off"
        self.connection = psycopg.connect(
            conninfo, autocommit=True, options=f"-c synchronous_commit={switch} -c timezone=UTC -c jit=off"
        )
        self._statement = statement("%({})s").encode()
        self._accounts, self._dice, self._last = accounts, Random(2), 0
        self._now = instants_by_name()

    def turn(self) -> None:
        """The instant is that of the turn."""
        self._now = instants_by_name()

    def __call__(self) -> None:
        dice = self._dice
        if not self._last or dice.randrange(100) >= REPEATED_PERCENT:
            self._last += 1
        used, made = dice.randrange(1, 2000), dice.randrange(1, 1000)
        told = self._now | {
            "a": self._accounts[self._last * 7919 % len(self._accounts)], "e": f"raw-{self._last:09}",
            "q": used + made, "i": used, "o": made, "op": OPERATIONS[dice.randrange(4)], "m": MODELS[dice.randrange(6)],
            "ss": f"s{dice.randrange(1000)}", "stripe": 3,
        }  # fmt: skip
        if self.connection.execute(self._statement, told, prepare=True).fetchone() is None:
            raise RuntimeError("the reference was refused")

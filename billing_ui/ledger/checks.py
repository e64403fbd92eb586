"""The SQL that recomputes the books from their entries. Every query answers only what does not add up.

Each covers the accounts above :after up to :upto and answers account_id, subject, found, expected.
"""

from __future__ import annotations

_SCOPE = "account_id > :after AND account_id <= :upto"
_DELTA = "(CASE WHEN e.credit = 'wallet' THEN e.quantity ELSE 0 END - CASE WHEN e.debit = 'wallet' THEN e.quantity ELSE 0 END)"


def _of(table: str) -> str:
    return f"{table}.account_id > :after AND {table}.account_id <= :upto"


def _sum(counted: str) -> str:
    """A sum as a whole number: PostgreSQL widens sums of BIGINT to NUMERIC."""
    return f"CAST(coalesce(sum({counted}), 0) AS BIGINT)"


def _between(debit: str, credit: str) -> str:
    return f"CASE WHEN e.debit = '{debit}' AND e.credit = '{credit}' THEN e.quantity ELSE 0 END"


def _net(out: str) -> str:
    return f"({_between('wallet', out)} - {_between(out, 'wallet')})"


_BOUGHT = "CASE WHEN e.debit = 'issued' AND e.credit = 'wallet' AND l.source = 'bought' THEN e.quantity ELSE 0 END"
_TOLD_BY_ENTRIES = {
    "balance": _sum(_DELTA),
    "seq": "count(*)",
    "bought": _sum(_BOUGHT),
    "granted": _sum(f"-{_net('issued')} - {_BOUGHT}"),
    "used": _sum(_net("consumed")),
    "expired": _sum(_net("expired")),
    "refunded": _sum(_net("payout")),
    "highest_seq": "max(e.seq)",
}
HEAD_FIGURES = {name: "seq" if name == "highest_seq" else name for name in _TOLD_BY_ENTRIES}
_TOLD = ", ".join(f"{told} AS {name}" for name, told in _TOLD_BY_ENTRIES.items())
_PAIRS = ", ".join(
    f"h.{kept} AS kept_{name}, coalesce(t.{name}, 0) AS told_{name}" for name, kept in HEAD_FIGURES.items()
)
_DIFFERS = " OR ".join(f"h.{kept} <> coalesce(t.{name}, 0)" for name, kept in HEAD_FIGURES.items())

# One pass over the entries recomputes every figure of the heads; `verify` tells the differing ones apart.
HEADS = f"""
WITH t AS (
  SELECT e.account_id, {_TOLD} FROM entry e LEFT JOIN lot l ON l.id = e.lot_id
  WHERE {_of("e")} GROUP BY e.account_id
)
SELECT h.account_id, {_PAIRS} FROM account_head h LEFT JOIN t ON t.account_id = h.account_id
WHERE {_of("h")} AND ({_DIFFERS}) ORDER BY h.account_id
"""

# From the first wrong row on, the rest of an account is wrong too: the first one is what to look at.
_CHAIN = f"""
SELECT account_id, seq, found, expected FROM (
  SELECT w.*, row_number() OVER (PARTITION BY account_id ORDER BY seq) AS nth FROM (
    SELECT e.account_id, e.seq, e.balance_after AS found,
      CAST(sum({_DELTA}) OVER (PARTITION BY e.account_id ORDER BY e.seq) AS BIGINT) AS expected,
      e.recorded_at, lag(e.recorded_at) OVER (PARTITION BY e.account_id ORDER BY e.seq) AS earlier
    FROM entry e WHERE {_SCOPE}
  ) w WHERE WRONG
) f WHERE nth = 1 ORDER BY account_id
"""
_MOVED = f"""
  SELECT e.lot_id, {_sum("CASE WHEN e.credit = 'wallet' AND e.debit <> 'wallet' THEN e.quantity ELSE 0 END")} AS came,
    {_sum("CASE WHEN e.debit = 'wallet' THEN e.quantity ELSE 0 END")} AS went
  FROM entry e WHERE {_SCOPE} AND e.lot_id IS NOT NULL GROUP BY e.lot_id
"""
_LOTS = f"""
SELECT l.account_id, l.public_id, FOUND, EXPECTED FROM lot l LEFT JOIN ({_MOVED}) m ON m.lot_id = l.id
WHERE {_of("l")} AND (WRONG) ORDER BY l.id
"""


def _chain(wrong: str) -> str:
    return _CHAIN.replace("WRONG", wrong)


def _lots(found: str, expected: str, wrong: str | None = None) -> str:
    return (
        _LOTS.replace("FOUND", found).replace("EXPECTED", expected).replace("WRONG", wrong or f"{found} <> {expected}")
    )


CHECKS = {
    "balance_after": _chain("found <> expected"),
    "recorded_at": _chain("recorded_at < earlier").replace("seq, found, expected", "seq, seq AS found, 0 AS expected"),
    "lot_quantity": _lots("l.quantity", "coalesce(m.came, 0)"),
    "lot_remaining": _lots("l.remaining", "coalesce(m.came - m.went, 0)"),
    "lot_range": _lots(
        "l.remaining", "l.quantity", "l.remaining < 0 OR l.remaining > l.quantity OR l.is_open <> (l.remaining > 0)"
    ),
    "lots_and_debt": f"""
        SELECT h.account_id, 'head', h.balance, coalesce(l.remaining, 0) - coalesce(d.debt, 0)
        FROM account_head h
        LEFT JOIN (SELECT account_id, {_sum("remaining")} AS remaining FROM lot WHERE {_SCOPE} GROUP BY account_id) l
          ON l.account_id = h.account_id
        LEFT JOIN (
          SELECT account_id, {_sum("CASE WHEN e.lot_id IS NULL AND e.debit = 'wallet' THEN e.quantity ELSE 0 END")}
            - {_sum(_between("wallet", "wallet"))} AS debt
          FROM entry e WHERE {_SCOPE} GROUP BY account_id
        ) d ON d.account_id = h.account_id
        WHERE {_of("h")}
          AND (h.balance <> coalesce(l.remaining, 0) - coalesce(d.debt, 0) OR d.debt < 0)
        ORDER BY h.account_id""",
    "entry_lot": f"""
        SELECT e.account_id, e.seq, e.lot_id, l.id FROM entry e
        LEFT JOIN lot l ON l.id = e.lot_id AND l.account_id = e.account_id
        WHERE {_of("e")} AND e.lot_id IS NOT NULL AND l.id IS NULL
        ORDER BY e.account_id, e.seq""",
    "key": f"""
        SELECT account_id, key, count(*), max(line) FROM entry WHERE {_SCOPE} GROUP BY account_id, key
        HAVING min(line) <> 1 OR max(line) <> count(*) OR max(seq) - min(seq) + 1 <> count(*)
          OR min(request_hash) <> max(request_hash)
        ORDER BY account_id, key""",
    "held": f"""
        SELECT h.account_id, 'head', h.held, coalesce(o.quantity, 0) FROM account_head h
        LEFT JOIN (
          SELECT account_id, {_sum("quantity")} AS quantity FROM hold WHERE {_SCOPE} AND state = 'open'
          GROUP BY account_id
        ) o ON o.account_id = h.account_id
        WHERE {_of("h")} AND h.held <> coalesce(o.quantity, 0)
        ORDER BY h.account_id""",
    "floor": f"""
        SELECT h.account_id, 'head', h.balance, h.floor FROM account_head h
        WHERE {_of("h")} AND h.balance < h.floor AND NOT EXISTS (
          SELECT 1 FROM entry e WHERE e.account_id = h.account_id AND e.lot_id IS NULL
            AND e.debit = 'wallet' AND e.credit = 'payout'
        ) ORDER BY h.account_id""",
    "headless": f"""
        SELECT e.account_id, 'entries', count(*), 0 FROM entry e
        WHERE {_of("e")}
          AND NOT EXISTS (SELECT 1 FROM account_head h WHERE h.account_id = e.account_id)
        GROUP BY e.account_id ORDER BY e.account_id""",
}

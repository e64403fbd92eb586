"""One spend from one lot in plain psycopg: the same three rows, the same lock, key look-up, floor and seq guard."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import psycopg

_READ = """
SELECT h.seq, h.balance, h.held, h.floor, h.last_at, h.due_at,
  EXISTS (SELECT 1 FROM entry e WHERE e.account_id = h.account_id AND e.key = %(key)s),
  l.id, l.priority, l.expires_at, l.remaining, l.is_frozen
FROM account_head h LEFT JOIN lot l ON l.account_id = h.account_id AND l.is_open
WHERE h.account_id = %(account)s FOR UPDATE OF h
"""
_ENTRY = """
INSERT INTO entry (account_id, seq, key, line, unit, debit, credit, quantity, balance_after, lot_id, occurred_at,
  recorded_at, actor, cause, request_hash)
VALUES (%(account)s, %(seq)s, %(key)s, 1, 'TOKEN', 'wallet', 'consumed', 1, %(balance)s, %(lot)s, %(now)s, %(now)s,
  'benchmark', %(key)s, decode('00000000000000000000000000000000', 'hex'))
"""
_LOT = "UPDATE lot SET remaining = %(left)s, is_open = %(left)s > 0 WHERE id = %(lot)s"
_HEAD = """
UPDATE account_head SET seq = %(seq)s, balance = %(balance)s, used = used + 1, last_at = %(now)s
WHERE account_id = %(account)s AND seq = %(seq)s - 1
"""

# The least any correct write can do: everything in one statement and one round trip.
_ONE_STATEMENT = """
WITH h AS (
  SELECT seq, balance FROM account_head
  WHERE account_id = %(account)s AND balance - held - 1 >= floor FOR UPDATE
), l AS (
  UPDATE lot SET remaining = remaining - 1, is_open = remaining - 1 > 0 FROM h
  WHERE lot.id = (SELECT id FROM lot WHERE account_id = %(account)s AND is_open AND NOT is_frozen
    ORDER BY priority, expires_at, id LIMIT 1)
  RETURNING lot.id
), e AS (
  INSERT INTO entry (account_id, seq, key, line, unit, debit, credit, quantity, balance_after, lot_id, occurred_at,
    recorded_at, actor, cause, request_hash)
  SELECT %(account)s, h.seq + 1, %(key)s, 1, 'TOKEN', 'wallet', 'consumed', 1, h.balance - 1, l.id, %(now)s, %(now)s,
    'benchmark', %(key)s, decode('00000000000000000000000000000000', 'hex') FROM h, l
)
UPDATE account_head a SET seq = h.seq + 1, balance = h.balance - 1, used = used + 1, last_at = %(now)s
FROM h, l WHERE a.account_id = %(account)s AND a.seq = h.seq
"""


class RawPosting:
    """Its own connection, prepared statements, one spend of one token per call."""

    def __init__(self, url: str, account_id: int) -> None:
        self.connection = psycopg.connect(url, autocommit=True, options="-c synchronous_commit=on", prepare_threshold=0)
        self._account = account_id
        self._numbers = count(1)

    def loop(self) -> None:
        """Reads, decides and writes statement by statement in one transaction, as a program does."""
        told = {"account": self._account, "key": f"loop:{next(self._numbers)}", "now": datetime.now(UTC)}
        with self.connection.transaction(), self.connection.cursor() as cursor:
            rows = cursor.execute(_READ, told).fetchall()
            seq, balance, held, floor, _, _, is_known, lot, _, _, left, is_frozen = rows[0]
            if is_known or is_frozen or min(left, balance - held - floor) < 1:
                raise RuntimeError("the reference ran out of tokens")
            written = told | {"seq": seq + 1, "balance": balance - 1, "lot": lot, "left": left - 1}
            cursor.execute(_ENTRY, written)
            cursor.execute(_LOT, written)
            if cursor.execute(_HEAD, written).rowcount != 1:
                raise RuntimeError("the head moved under the lock")

    def one_statement(self) -> None:
        told = {"account": self._account, "key": f"one:{next(self._numbers)}", "now": datetime.now(UTC)}
        if self.connection.execute(_ONE_STATEMENT, told).rowcount != 1:
            raise RuntimeError("the reference ran out of tokens")

"""The limit on SQLite: one event in one durable transaction, past everything but the driver, with every duty."""

from __future__ import annotations

import json
import sqlite3
from random import Random

from benchmarks.reference.instants import instants
from benchmarks.reference.raw_cte import LIMITS
from benchmarks.traffic import MODELS, OPERATIONS, REPEATED_PERCENT
from billing_ui.infra.db import PRAGMAS
from billing_ui.ledger.batch_rows import instant, stamp
from billing_ui.ledger.batch_sqlite import NOTHING, OWN_WAYS
from billing_ui.ledger.sqlite_statements import DAYS_OF_ALL, ROLLUPS, WRITES
from billing_ui.models.types import micros

_KNOWN = "SELECT seq FROM entry WHERE account_id = ? AND key = ?"
_HEAD = (
    "SELECT version, seq, balance, held, floor, access, due_at, windows, last_at FROM account_head WHERE account_id = ?"
)
_LOT = (
    "SELECT id, remaining FROM lot WHERE account_id = ? AND is_open = 1 AND NOT is_frozen "
    "ORDER BY priority, expires_at, id LIMIT 1"
)


class RawSqlite:
    """A program with one connection and one event at a time."""

    def __init__(self, file: str, accounts: tuple[int, ...]) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None, timeout=30)
        # With everything that the product asks of its own connection, so that neither has more of memory or log.
        for way in (*PRAGMAS, *OWN_WAYS):
            self.connection.execute(f"PRAGMA {way}").close()
        self._accounts, self._dice, self._last = accounts, Random(2), 0
        self.turn()

    def turn(self) -> None:
        """The instant is that of the turn."""
        self._now = instants()
        self._at = stamp(self._now.at)

    def __call__(self) -> None:
        dice = self._dice
        if not self._last or dice.randrange(100) >= REPEATED_PERCENT:
            self._last += 1
        account_id, event_id = self._accounts[self._last * 7919 % len(self._accounts)], f"raw-{self._last:09}"
        self.connection.execute("BEGIN IMMEDIATE")
        if self.connection.execute(_KNOWN, (account_id, f"usage:{event_id}")).fetchone() is None:
            self._record(account_id, event_id)
        self.connection.execute("COMMIT")

    def _record(self, account_id: int, event_id: str) -> None:
        dice, now, at = self._dice, self._now, self._at
        used, made = dice.randrange(1, 2000), dice.randrange(1, 1000)
        q, model, operation = used + made, MODELS[dice.randrange(6)], OPERATIONS[dice.randrange(4)]
        run = self.connection.execute
        version, seq, balance, held, floor, access, due_at, kept, last_at = run(_HEAD, (account_id,)).fetchone()
        counters = json.loads(kept).get("tokens", {})
        counted = {kind: counters[kind][1] if counters.get(kind, (None,))[0] == starts else 0
                   for kind, starts in now.windows.items()}  # fmt: skip
        lot_id, remaining = run(_LOT, (account_id,)).fetchone()
        is_covered = access == "open" and min(balance - held - floor, remaining) >= q
        if due_at or not is_covered or any(counted[kind] + q > most for kind, most in LIMITS.items()):
            raise RuntimeError("the reference was refused")
        windows = json.dumps({"tokens": {kind: [at, counted[kind] + q] for kind, at in now.windows.items()}})
        last = max(at, last_at)
        head = {"a": account_id, "v": version, "s": seq + 1, "b": balance - q, "h": held, "u": q, "l": last, "d": None,
                "r": None, "w": windows}  # fmt: skip
        if run(WRITES["heads"], head).rowcount != 1:
            raise RuntimeError("the head moved inside the transaction")
        run(WRITES["lines"], NOTHING | {
            "a": account_id, "s": seq + 1, "k": f"usage:{event_id}", "l": 1, "q": q, "b": balance - q, "t": lot_id,
            "at": micros(now.at), "n": micros(instant(last)), "w": "host-benchmark", "h": bytes(8), "op": operation,
            "m": model, "ss": f"s{dice.randrange(1000)}", "i": used, "o": made, "r": 1,
        })  # fmt: skip
        run(WRITES["lots"], {"r": remaining - q, "i": lot_id})
        cell = {"a": account_id, "d": now.day_on.isoformat(), "h": stamp(now.hour_at), "m": "tokens", "md": model,
                "op": operation, "n": 1, "i": used, "o": made, "q": q, "c": q, "v": 0, "u": 0,
                "z": now.day_on.isoformat(), "stripe": 3}  # fmt: skip
        for rollup in (*ROLLUPS, DAYS_OF_ALL):
            run(rollup, cell)

"""Seals: a chain of hashes over ranges of an account's entries, so that nobody can change the past unseen.

An entry is hashed together with the usage event it belongs to. What was sealed may still be changed by whoever owns
the database, but not without remaking every seal after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, or_, select

from billing_ui.infra.db import Database, Tx, take_turns
from billing_ui.ledger.streams import streamed
from billing_ui.ledger.tables import account_head, entry, seal, usage_event

# A broken seal tells in which range something was changed; this is how far that narrows it down.
LONGEST = 10_000

_e, _event, _head = entry.c, usage_event.c, account_head.c
_ENTRY = (
    _e.account_id, _e.seq, _e.key, _e.line, _e.unit, _e.debit, _e.credit, _e.quantity, _e.balance_after, _e.lot_id,
    _e.occurred_at, _e.recorded_at, _e.actor, _e.cause, _e.request_hash,
)  # fmt: skip
_EVENT = (
    _event.operation, _event.model, _event.session, _event.input, _event.output, _event.cached,
    _event.quantity, _event.draws, _event.rate_version, _event.allowance, _event.from_lots, _event.overage,
    _event.uncovered, _event.metadata,
)  # fmt: skip
ROWS: Select[Any] = (
    select(*_ENTRY, *_EVENT)
    .select_from(entry.outerjoin(usage_event, and_(_event.account_id == _e.account_id, _event.seq == _e.seq)))
    .order_by(_e.account_id, _e.seq)
)


@dataclass(frozen=True, slots=True)
class Seal:
    """The entries of an account after the seal before, up to one of them."""

    account_id: int
    upto_seq: int
    count: int
    balance: int
    hash: str
    previous_hash: str


def to_seal(tx: Tx, before: datetime, limit: int) -> Sequence[int]:
    """Accounts whose oldest entry without a seal was recorded before an instant, or that have a whole range of them."""
    mine = select(func.max(seal.c.upto_seq)).where(seal.c.account_id == _head.account_id).correlate(account_head)
    upto = func.coalesce(mine.scalar_subquery(), 0)
    first = and_(_e.account_id == _head.account_id, _e.seq == upto + 1)
    query = select(_head.account_id).select_from(account_head.join(entry, first))
    due = query.where(or_(_e.recorded_at < before, _head.seq - upto >= LONGEST))
    return tx.connection().scalars(due.order_by(_head.account_id).limit(limit)).all()


def seal_account(db: Database, account_id: int, most: int) -> int:
    """Seals so many entries of an account at most, the oldest first. Answers how many; of several who seal it at once
    the first does it all."""
    with db.read() as tx:
        last = _last(tx, account_id)
        mine = ROWS.where(_e.account_id == account_id, _e.seq > last.upto_seq).limit(most)
        with streamed(tx.connection(), mine) as rows:
            made = list(_seals(rows, last))
    if not made:
        return 0
    with db.begin() as tx:
        take_turns(tx, f"seal:{account_id}")
        if _last(tx, account_id) != last:
            return 0
        tx.connection().execute(insert(seal), [asdict(each) for each in made])
    return sum(each.count for each in made)


def _last(tx: Tx, account_id: int) -> Seal:
    newest = select(seal).where(seal.c.account_id == account_id).order_by(seal.c.upto_seq.desc()).limit(1)
    row = tx.connection().execute(newest).one_or_none()
    return Seal(account_id, 0, 0, 0, "", "") if row is None else seal_of(row)


def seal_of(row: Row[Any]) -> Seal:
    return Seal(*tuple[Any, ...](row))


def _seals(rows: Iterable[Row[Any]], last: Seal) -> Iterator[Seal]:
    span: list[Row[Any]] = []
    for row in rows:
        span.append(row)
        if len(span) == LONGEST:
            last, span = sealed(span, last, row.seq), []
            yield last
    if span:
        yield sealed(span, last, span[-1].seq)


def sealed(span: Sequence[Row[Any]], last: Seal, upto_seq: int) -> Seal:
    digest = sha256(last.hash.encode())
    for row in span:
        digest.update(_canonical(row))
    balance = span[-1].balance_after if span else last.balance
    return Seal(last.account_id, upto_seq, len(span), balance, digest.hexdigest(), last.hash)


def _canonical(row: Row[Any]) -> bytes:
    """The same bytes for the same facts on both databases."""
    return json.dumps(tuple(row), default=_utc, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")

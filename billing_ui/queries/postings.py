"""Postings that moved an account's balance, read along its own numbering in either direction, whatever is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, TextClause, and_, bindparam, exists, func, not_, or_, select, text
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import BESIDES_USAGE, RARE, WALLET, account_head, entry
from billing_ui.models import Payment, Topup
from billing_ui.models.types import UtcMicros

# What the first word of a posting's key says to a customer. Every other word is an adjustment.
KIND_OF = {"topup": "topup", "usage": "usage", "refund": "refund", "dispute": "refund"}
KINDS = ("topup", "usage", "adjust", "refund")

# Entries are numbered without gaps and their recorded_at never falls: the place of an instant is found by halving.
_BEFORE = text(
    "WITH RECURSIVE search (low, high) AS ("
    " SELECT CAST(0 AS BIGINT), seq FROM account_head WHERE account_id = :account_id"
    " UNION ALL"
    " SELECT CASE WHEN middle.recorded_at < :at THEN middle.seq ELSE search.low END,"
    "  CASE WHEN middle.recorded_at < :at THEN search.high ELSE middle.seq - 1 END"
    " FROM search JOIN entry middle"
    "  ON middle.account_id = :account_id AND middle.seq = (search.low + search.high + 1) / 2"
    " WHERE search.low < search.high"
    ") SELECT max(low) FROM search"
).bindparams(bindparam("at", type_=UtcMicros))


@dataclass(slots=True)
class Posting:
    """The lines of one key that moved the wallet. `tokens` is signed."""

    key: str
    first_seq: int
    last_seq: int
    at: datetime
    actor: str
    cause: str
    balance_after: int
    tokens: int = 0

    @property
    def word(self) -> str:
        return self.key.partition(":")[0]

    @property
    def number(self) -> str:
        """The rest of the key: by it a search finds the posting."""
        return self.key.partition(":")[2]

    @property
    def kind(self) -> str:
        return KIND_OF.get(self.word, "adjust")


@dataclass(frozen=True, slots=True)
class PostingWish:
    """Entries with `after < seq < before`, of one kind or any but one, of certain numbers, paid by some method."""

    before: int
    after: int = 0
    newest_first: bool = True
    kind: str = ""
    but: str = ""
    seqs: tuple[int, ...] | None = None
    method: str = ""


def seq_before(tx: Tx, account_id: int, at: datetime) -> int:
    """The number of the last entry that was recorded before an instant."""
    return int(tx.connection().execute(_BEFORE, {"account_id": account_id, "at": at}).scalar() or 0)


def seqs_of(tx: Tx, account_id: int, keys: Sequence[str]) -> tuple[int, ...]:
    """The entries under these keys."""
    found = select(entry.c.seq).where(entry.c.account_id == account_id, entry.c.key.in_(keys))
    return tuple(tx.scalars(found)) if keys else ()


def newest_seq(tx: Tx, account_id: int) -> int:
    return tx.scalar(select(account_head.c.seq).where(account_head.c.account_id == account_id)) or 0


def postings(tx: Tx, account_id: int, wish: PostingWish, limit: int) -> list[Posting]:
    """As many whole postings, in the order of reading. What is asked for is found by an index, never by going through
    the use of an account: see `BESIDES_USAGE` and `RARE`."""
    found: list[Posting] = []
    # A posting is one line, seldom more: a page comes in one read.
    size, is_last = limit + 20, False
    while len(found) < limit and not is_last:
        lines = tx.execute(_lines(account_id, wish, size)).all()
        is_last = len(lines) < size
        whole = _whole(lines, is_last=is_last)
        found += whole
        if whole:
            wish = _beyond(wish, whole[-1])
        else:
            size *= 4  # one posting longer than the read
    return found[:limit]


def _beyond(wish: PostingWish, last: Posting) -> PostingWish:
    return replace(wish, before=last.first_seq) if wish.newest_first else replace(wish, after=last.last_seq)


_LINE = (
    entry.c.key, entry.c.seq, entry.c.recorded_at, entry.c.actor, entry.c.cause, entry.c.balance_after,
    entry.c.quantity, entry.c.credit,
)  # fmt: skip


def _lines(account_id: int, wish: PostingWish, size: int) -> Select[Any]:
    query = select(*_LINE).where(
        entry.c.account_id == account_id, *_bounds(wish),
        (entry.c.debit == WALLET) != (entry.c.credit == WALLET), *_filters(account_id, wish),
    )  # fmt: skip
    return query.order_by(entry.c.seq.desc() if wish.newest_first else entry.c.seq).limit(size)


def _bounds(wish: PostingWish) -> list[ColumnElement[bool]]:
    """Certain numbers are looked up one by one: with a span beside them SQLite would go through the span."""
    if wish.seqs is None:
        return [entry.c.seq < wish.before, entry.c.seq > wish.after]
    return [entry.c.seq.in_([seq for seq in wish.seqs if wish.after < seq < wish.before])]


def _filters(account_id: int, wish: PostingWish) -> list[ColumnElement[bool] | TextClause]:
    found: list[ColumnElement[bool] | TextClause] = []
    if wish.kind:
        found.append(_of_kind(wish.kind))
    if wish.but:
        found.append(not_(_of_kind(wish.but)))
    # The words of an index, so that both databases see that it holds all that is asked for.
    if wish.seqs is None and wish.kind not in {"", "usage"}:
        found.append(BESIDES_USAGE if wish.kind == "topup" else RARE)
    if wish.method:
        found.append(_paid_by(account_id, wish.method))
    return found


def _of_kind(kind: str) -> ColumnElement[bool]:
    if kind == "adjust":
        return and_(*(not_(_begins(word)) for word in KIND_OF))
    return or_(*(_begins(word) for word, meant in KIND_OF.items() if meant == kind))


def _begins(word: str) -> ColumnElement[bool]:
    return func.substr(entry.c.key, 1, len(word) + 1) == f"{word}:"


def _paid_by(account_id: int, method: str) -> ColumnElement[bool]:
    return exists().where(
        col(Topup.public_id) == entry.c.cause, col(Topup.account_id) == account_id,
        col(Payment.topup_id) == col(Topup.id), col(Payment.status) == "paid", col(Payment.method) == method,
    )  # fmt: skip


def _whole(lines: Sequence[Row[Any]], *, is_last: bool) -> list[Posting]:
    """Whole postings in the order of reading; one that the limit cut in two is left for the next read."""
    read: list[Posting] = []
    for line in lines:
        if not read or read[-1].key != line.key:
            read.append(
                Posting(line.key, line.seq, line.seq, line.recorded_at, line.actor, line.cause, line.balance_after)
            )
        posting = read[-1]
        if line.seq > posting.last_seq:
            posting.last_seq, posting.balance_after = line.seq, line.balance_after
        posting.first_seq = min(posting.first_seq, line.seq)
        posting.tokens += line.quantity if line.credit == WALLET else -line.quantity
    return read if is_last else read[:-1]

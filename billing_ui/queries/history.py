"""The transactions of an account: postings and purchases without money, merged by time, paged by key either way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from billing_ui.infra.db import Tx
from billing_ui.queries.history_rows import HistoryRow, rows_of
from billing_ui.queries.history_search import keys_of
from billing_ui.queries.history_wishes import CHOICES, STATUSES, Wishes, wishes_of
from billing_ui.queries.postings import Posting, PostingWish, newest_seq, postings, seq_before, seqs_of
from billing_ui.queries.topups import Unpaid, UnpaidWish, unpaid
from billing_ui.rules.lists import ListAsk

__all__ = ["CHOICES", "STATUSES", "HistoryPage", "HistoryRow", "history", "one_row", "recent", "waiting"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_PLACE = re.compile(r"([on])\.(\d{1,16})\.(\d{1,15})\.([a-z0-9_]{0,40})")


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`newer` and `older` are the keys of the pages beside this one, empty where there is none."""

    rows: tuple[HistoryRow, ...]
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: beside which entry, and beside which purchase (all of that instant when it has no ref)."""

    newest_first: bool
    at: datetime
    seq: int
    ref: str

    def __str__(self) -> str:
        return f"{'o' if self.newest_first else 'n'}.{(self.at - _EPOCH) // _TICK}.{self.seq}.{self.ref}"


def history(tx: Tx, account_id: int, ask: ListAsk, zone: str) -> HistoryPage:
    """The page that is asked for. It costs the same however long the history is; a key nobody gave out is the first
    page."""
    wishes = wishes_of(tx, account_id, ask, zone)
    place = _place(ask.page)
    limit = ask.per + 1
    found = _merged(*_found(tx, account_id, wishes, place, limit), newest_first=place is None or place.newest_first)
    more, taken = len(found) > ask.per, found[: ask.per]
    if place is not None and not place.newest_first:
        if not more:
            return history(tx, account_id, replace(ask, page=""), zone)
        taken.reverse()
    is_first, is_last = place is None, (place is None or place.newest_first) and not more
    return HistoryPage(
        tuple(rows_of(tx, account_id, taken)),
        newer="" if is_first or not taken else str(_edge(tx, account_id, taken, newest_first=False)),
        older="" if is_last or not taken else str(_edge(tx, account_id, taken, newest_first=True)),
    )


def recent(tx: Tx, account_id: int, limit: int) -> tuple[HistoryRow, ...]:
    """The newest postings."""
    wish = PostingWish(before=newest_seq(tx, account_id) + 1)
    return tuple(rows_of(tx, account_id, postings(tx, account_id, wish, limit)))


def waiting(tx: Tx, account_id: int, limit: int) -> tuple[HistoryRow, ...]:
    """The newest purchases that wait for their money."""
    wish = UnpaidWish(statuses=("created", "pending", "processing"))
    return tuple(rows_of(tx, account_id, unpaid(tx, account_id, wish, limit)))


def one_row(tx: Tx, account_id: int, row_id: str) -> HistoryRow | None:
    """One row by its id: a purchase by its ref, another posting by its key."""
    if not row_id.isprintable():
        return None
    is_purchase = row_id.startswith("top_")
    seqs = seqs_of(tx, account_id, keys_of(tx, (row_id,)) if is_purchase else (row_id,))
    found: Sequence[Posting | Unpaid] = ()
    if seqs:
        found = postings(tx, account_id, PostingWish(before=max(seqs) + 1, seqs=seqs), 1)
    elif is_purchase:
        found = unpaid(tx, account_id, UnpaidWish(refs=(row_id,)), 1)
    return next(iter(rows_of(tx, account_id, found)), None)


def _place(page: str) -> _Place | None:
    told = _PLACE.fullmatch(page)
    if told is None:
        return None
    way, ticks, seq, ref = told.groups()
    return _Place(way == "o", _EPOCH + int(ticks) * _TICK, int(seq), ref)


def _found(
    tx: Tx, account_id: int, wishes: Wishes, place: _Place | None, limit: int
) -> tuple[list[Posting], list[Unpaid]]:
    posted, open_ = wishes.posted, wishes.open
    if place is not None and posted is not None:
        if place.newest_first:
            posted = replace(posted, before=min(posted.before, place.seq))
        else:
            posted = replace(posted, after=max(posted.after, place.seq), newest_first=False)
    if place is not None and open_ is not None:
        open_ = replace(open_, beside=(place.at, place.ref), newest_first=place.newest_first)
    read = postings(tx, account_id, posted, limit) if posted is not None else []
    if open_ is None:
        return read, []
    return read, unpaid(tx, account_id, _within(open_, read) if len(read) == limit else open_, limit)


def _within(wish: UnpaidWish, read: list[Posting]) -> UnpaidWish:
    """Beyond the last posting of a full page no purchase can stand on it."""
    last = read[-1].at
    if wish.newest_first:
        return replace(wish, first_at=max(wish.first_at, last) if wish.first_at else last)
    return replace(wish, end_at=min(wish.end_at, last + _TICK) if wish.end_at else last + _TICK)


def _merged(posted: list[Posting], open_: list[Unpaid], *, newest_first: bool) -> list[Posting | Unpaid]:
    """Both in one order. Of one instant the posting is the newer."""
    found: list[Posting | Unpaid] = []
    while posted and open_:
        posting_first = posted[0].at >= open_[0].at if newest_first else posted[0].at < open_[0].at
        found.append((posted if posting_first else open_).pop(0))
    return found + posted + open_


def _edge(tx: Tx, account_id: int, taken: list[Posting | Unpaid], *, newest_first: bool) -> _Place:
    """The key of the page beyond the last row, or before the first one."""
    ordered = taken[::-1] if newest_first else taken
    at = ordered[0].at
    posting = next((row for row in ordered if isinstance(row, Posting)), None)
    purchase = next((row for row in ordered if isinstance(row, Unpaid)), None)
    if posting is not None:
        seq = posting.first_seq if newest_first else posting.last_seq
    else:
        seq = seq_before(tx, account_id, at) + (1 if newest_first else 0)
    if purchase is None:
        return _Place(newest_first, at, seq, "")
    return _Place(newest_first, purchase.at, seq, purchase.ref)

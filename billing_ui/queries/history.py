"""The transactions of an account: postings and purchases without money, merged by time, paged by key either way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.period import start_of_day
from billing_ui.models import Dispute, Payment, Refund, Topup
from billing_ui.queries.history_search import Meant, keys_of, meaning, refunded
from billing_ui.queries.postings import KINDS, Posting, PostingWish, newest_seq, postings, seq_before, seqs_of
from billing_ui.queries.topups import Unpaid, UnpaidWish, unpaid
from billing_ui.rules.lists import Choices, ListAsk
from billing_ui.rules.methods import METHODS

# What a status of the list stands for among the attempts that brought no money.
_UNPAID = {
    "pending": ("created", "pending", "processing", "unknown"),
    "failed": ("failed",),
    "expired": ("expired",),
    "canceled": ("canceled",),
    "review": ("review",),
}
STATUSES = ("pending", "paid", "failed", "expired", "canceled", "review", "refunded", "posted")
CHOICES = Choices(frozenset(KINDS), frozenset(STATUSES), frozenset(METHODS))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_PLACE = re.compile(r"([on])\.(\d{1,16})\.(\d{1,15})\.([a-z0-9_]{0,40})")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """`tokens` is signed. `word` is the first of the posting's key, `kind` what it means to a customer; a row that is
    not posted is a purchase without money."""

    id: str
    kind: str
    word: str
    at: datetime
    tokens: int
    balance_after: int
    status: str
    cause: str
    actor: str
    amount: int
    currency: str
    method: str
    is_posted: bool
    expires_at: datetime | None = None


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
    wishes = _wishes(tx, account_id, ask, zone)
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
        tuple(_rows(tx, account_id, taken)),
        newer="" if is_first or not taken else str(_edge(tx, account_id, taken, newest_first=False)),
        older="" if is_last or not taken else str(_edge(tx, account_id, taken, newest_first=True)),
    )


def recent(tx: Tx, account_id: int, limit: int) -> tuple[HistoryRow, ...]:
    """The newest postings."""
    wish = PostingWish(before=newest_seq(tx, account_id) + 1)
    return tuple(_rows(tx, account_id, postings(tx, account_id, wish, limit)))


def waiting(tx: Tx, account_id: int, limit: int) -> tuple[HistoryRow, ...]:
    """The newest purchases that wait for their money."""
    wish = UnpaidWish(statuses=("created", "pending", "processing"))
    return tuple(_rows(tx, account_id, unpaid(tx, account_id, wish, limit)))


def history_row(tx: Tx, account_id: int, row_id: str) -> HistoryRow | None:
    """One row by its id: a purchase by its ref, another posting by its key."""
    is_purchase = row_id.startswith("top_")
    keys = keys_of(tx, (row_id,)) if is_purchase else (row_id,)
    found: Sequence[Posting | Unpaid] = ()
    seqs = seqs_of(tx, account_id, keys)
    if seqs:
        found = postings(tx, account_id, PostingWish(before=newest_seq(tx, account_id) + 1, seqs=seqs), 1)
    if not found and is_purchase:
        found = unpaid(tx, account_id, UnpaidWish(refs=(row_id,)), 1)
    return next(iter(_rows(tx, account_id, found)), None)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What is read from either source; None where a filter leaves nothing of it."""

    posted: PostingWish | None
    open: UnpaidWish | None


def _wishes(tx: Tx, account_id: int, ask: ListAsk, zone: str) -> _Wishes:
    first = start_of_day(ask.first_on, zone) if ask.first_on else None
    end = start_of_day(ask.last_on + timedelta(days=1), zone) if ask.last_on else None
    meant = meaning(tx, account_id, ask.q) if ask.q else Meant()
    kind, method, type_ = _kind(ask, meant), ask.method or meant.method, ask.type or meant.kind
    contradicts = (
        (ask.type and meant.kind not in {"", ask.type}) or (ask.method and meant.method not in {"", ask.method})
    )  # fmt: skip
    if contradicts or meant.is_nothing:
        return _Wishes(None, None)
    posted = open_ = None
    if ask.status not in _UNPAID and kind is not None:
        before = (newest_seq(tx, account_id) if end is None else seq_before(tx, account_id, end)) + 1
        posted = PostingWish(
            before=before, after=0 if first is None else seq_before(tx, account_id, first), kind=kind,
            but="topup" if ask.status == "posted" and not kind else "", method=method,
            seqs=_certain(tx, account_id, meant.seqs) if ask.status == "refunded" else meant.seqs,
        )  # fmt: skip
    if type_ in {"", "topup"} and (not ask.status or ask.status in _UNPAID):
        open_ = UnpaidWish(
            first_at=first, end_at=end, statuses=_UNPAID.get(ask.status), method=method, refs=meant.refs
        )  # fmt: skip
    return _Wishes(posted, open_)


def _certain(tx: Tx, account_id: int, seqs: tuple[int, ...] | None) -> tuple[int, ...]:
    gone = refunded(tx, account_id)
    return gone if seqs is None else tuple(set(seqs) & set(gone))


def _kind(ask: ListAsk, meant: Meant) -> str | None:
    """The kind of posting, empty for any; None when the filters contradict each other. Only top-ups are paid."""
    wanted = ask.type or meant.kind
    needs_topup = ask.status in {"paid", "refunded"} or bool(ask.method or meant.method)
    if needs_topup:
        return "topup" if wanted in {"", "topup"} and ask.status != "posted" else None
    return None if ask.status == "posted" and wanted == "topup" else wanted


def _place(page: str) -> _Place | None:
    told = _PLACE.fullmatch(page)
    if told is None:
        return None
    way, ticks, seq, ref = told.groups()
    return _Place(way == "o", _EPOCH + int(ticks) * _TICK, int(seq), ref)


def _found(
    tx: Tx, account_id: int, wishes: _Wishes, place: _Place | None, limit: int
) -> tuple[list[Posting], list[Unpaid]]:
    posted, open_ = wishes.posted, wishes.open
    if place is not None and posted is not None:
        if place.newest_first:
            posted = replace(posted, before=min(posted.before, place.seq))
        else:
            posted = replace(posted, after=max(posted.after, place.seq), newest_first=False)
    if place is not None and open_ is not None:
        open_ = replace(open_, beside=(place.at, place.ref), newest_first=place.newest_first)
    return (
        postings(tx, account_id, posted, limit) if posted is not None else [],
        unpaid(tx, account_id, open_, limit) if open_ is not None else [],
    )


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


def _rows(tx: Tx, account_id: int, taken: Sequence[Posting | Unpaid]) -> list[HistoryRow]:
    paid = _purchases(tx, account_id, {row.cause for row in taken if isinstance(row, Posting) and row.kind == "topup"})
    return [_posted_row(row, paid.get(row.cause)) if isinstance(row, Posting) else _open_row(row) for row in taken]


@dataclass(frozen=True, slots=True)
class _Purchase:
    total: int
    currency: str
    method: str
    status: str


def _purchases(tx: Tx, account_id: int, refs: set[str]) -> dict[str, _Purchase]:
    """What these postings paid, and what has become of the money since."""
    if not refs:
        return {}
    query = (
        select(col(Topup.public_id), col(Topup.total_amount), col(Topup.currency), col(Payment.method), col(Payment.id))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(col(Topup.account_id) == account_id, col(Topup.public_id).in_(refs), col(Payment.status) == "paid")
    )
    rows = tx.execute(query).all()
    ids = [row[4] for row in rows]
    back = select(col(Refund.payment_id), func.sum(col(Refund.amount))).where(
        col(Refund.payment_id).in_(ids), col(Refund.status) == "succeeded"
    )
    sums = {payment_id: int(total) for payment_id, total in tx.execute(back.group_by(col(Refund.payment_id)))}
    disputed = set(
        tx.scalars(
            select(col(Dispute.payment_id)).where(col(Dispute.payment_id).in_(ids), col(Dispute.status) == "open")
        )
    )
    found = {}
    for ref, total, currency, method, payment_id in rows:
        status = "disputed" if payment_id in disputed else _standing(sums.get(payment_id or 0, 0), total)
        found[ref] = _Purchase(total, currency, method, status)
    return found


def _standing(back: int, total: int) -> str:
    if back >= total:
        return "refunded"
    return "partly_refunded" if back else "paid"


def _posted_row(posting: Posting, paid: _Purchase | None) -> HistoryRow:
    is_purchase = posting.kind == "topup" and bool(posting.cause)
    return HistoryRow(
        id=posting.cause if is_purchase else posting.key, kind=posting.kind, word=posting.word, at=posting.at,
        tokens=posting.tokens, balance_after=posting.balance_after, status=paid.status if paid else "posted",
        cause=posting.cause, actor=posting.actor, amount=paid.total if paid else 0,
        currency=paid.currency if paid else "", method=paid.method if paid else "", is_posted=True,
    )  # fmt: skip


def _open_row(found: Unpaid) -> HistoryRow:
    return HistoryRow(
        id=found.ref, kind="topup", word="topup", at=found.at, tokens=found.tokens, balance_after=0,
        status=found.status, cause=found.ref, actor=found.actor, amount=found.total, currency=found.currency,
        method=found.method, is_posted=False, expires_at=found.expires_at,
    )  # fmt: skip

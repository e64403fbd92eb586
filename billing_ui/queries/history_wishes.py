"""What the filters of a history mean for what is read: from the postings, and from the purchases without money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from billing_ui.infra.db import Tx
from billing_ui.kit.period import start_of_day
from billing_ui.queries.history_search import Meant, meaning, refunded
from billing_ui.queries.postings import KINDS, PostingWish, newest_seq, seq_before
from billing_ui.queries.topups import UnpaidWish
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


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is read from either source; None where a filter leaves nothing of it."""

    posted: PostingWish | None
    open: UnpaidWish | None


def wishes_of(tx: Tx, account_id: int, ask: ListAsk, zone: str) -> Wishes:
    first = start_of_day(ask.first_on, zone) if ask.first_on else None
    end = start_of_day(ask.last_on + timedelta(days=1), zone) if ask.last_on else None
    meant = meaning(tx, account_id, ask.q) if ask.q else Meant()
    kind, method, type_ = _kind(ask, meant), ask.method or meant.method, ask.type or meant.kind
    contradicts = (
        (ask.type and meant.kind not in {"", ask.type}) or (ask.method and meant.method not in {"", ask.method})
    )  # fmt: skip
    if contradicts or meant.is_nothing:
        return Wishes(None, None)
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
    return Wishes(posted, open_)


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

"""Decides, without a database, which lines a posting writes and what they leave behind. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from billing_ui.ledger.shapes import Posting, Transfer
from billing_ui.ledger.tables import CONSUMED, EXPIRED, PAYOUT, TOKEN, WALLET
from billing_ui.rules.errors import InsufficientBalance
from billing_ui.rules.lots import Draw, OpenLot, burn, burn_order

STATS = ("bought", "granted", "used", "expired", "refunded")
_STAT_OF_POCKET = {CONSUMED: "used", EXPIRED: "expired", PAYOUT: "refunded"}


@dataclass(frozen=True, slots=True)
class Books:
    """An account's head and open lots, as read under its lock."""

    account_id: int
    seq: int
    balance: int
    held: int
    floor: int
    last_at: datetime
    due_at: datetime | None
    lots: tuple[OpenLot, ...]
    is_known: bool = False

    @property
    def debt(self) -> int:
        """What was taken and never covered: the lots hold more than the balance says by exactly this much."""
        return sum(lot.remaining for lot in self.lots) - self.balance

    def spendable(self, now: datetime) -> int:
        """What may still be taken: usable lots, less holds and debt, plus the overdraft allowed by `floor`."""
        return sum(lot.remaining for lot in burn_order(self.lots, now)) - self.held - self.debt - self.floor


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be. `into_new_lot` stands for the id that the new lot gets when it is written."""

    unit: str
    debit: str
    credit: str
    quantity: int
    balance_after: int
    lot_id: int | None = None
    into_new_lot: bool = False


@dataclass(slots=True)
class Draft:
    """Everything a posting writes."""

    balance: int
    lines: list[Line] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)
    lot_quantity: int = 0
    lot_remaining: int = 0
    stats: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATS, 0))

    def add(self, transfer: Transfer, draw: Draw, *, into_new_lot: bool = False) -> None:
        self.balance += draw.quantity * ((transfer.credit == WALLET) - (transfer.debit == WALLET))
        self.lines.append(
            Line(transfer.unit, transfer.debit, transfer.credit, draw.quantity, self.balance, draw.lot_id, into_new_lot)
        )


def draft(books: Books, posting: Posting, now: datetime) -> Draft:
    """The lines of a posting, in order. Refuses a spend that lots and overdraft do not cover."""
    made = Draft(balance=books.balance)
    if not posting.may_owe:
        _refuse_overspending(books, posting.transfers, now)
    for transfer in posting.transfers:
        if transfer.debit == WALLET:
            _spend(made, books, transfer, now)
        elif transfer.credit == WALLET:
            made.add(transfer, Draw(None, transfer.quantity), into_new_lot=True)
            made.lot_quantity += transfer.quantity
        else:
            made.add(transfer, Draw(None, transfer.quantity))
        _count(made.stats, transfer, None if posting.lot is None else posting.lot.source)
    made.lot_remaining = made.lot_quantity
    repaid = min(made.lot_quantity, books.debt)
    if repaid > 0:
        made.lot_remaining -= repaid
        made.lines.append(Line(TOKEN, WALLET, WALLET, repaid, made.balance, into_new_lot=True))
    return made


def _refuse_overspending(books: Books, transfers: Iterable[Transfer], now: datetime) -> None:
    spending = [transfer for transfer in transfers if transfer.debit == WALLET]
    free = sum(transfer.quantity for transfer in spending if transfer.lot_id is None)
    if free > 0 and free > (spendable := books.spendable(now)):
        raise InsufficientBalance(balance=max(spendable, 0), needed=free)
    left = {lot.id: lot.remaining for lot in books.lots}
    for transfer in spending:
        if transfer.lot_id is not None:
            remaining = left.get(transfer.lot_id, 0)
            if transfer.quantity > remaining:
                raise InsufficientBalance(balance=remaining, needed=transfer.quantity)
            left[transfer.lot_id] = remaining - transfer.quantity


def _spend(made: Draft, books: Books, transfer: Transfer, now: datetime) -> None:
    """One line for each lot it burns; at least one, so that a spend of nothing is on record too."""
    left = [replace(lot, remaining=made.left.get(lot.id, lot.remaining)) for lot in books.lots]
    named = transfer.lot_id
    usable = burn_order(left, now) if named is None else [lot for lot in left if lot.id == named]
    remaining = {lot.id: lot.remaining for lot in usable}
    for draw in burn(usable, transfer.quantity) or [Draw(None, 0)]:
        made.add(transfer, draw)
        if draw.lot_id is not None:
            made.left[draw.lot_id] = remaining[draw.lot_id] - draw.quantity


def _count(stats: dict[str, int], transfer: Transfer, source: str | None) -> None:
    """Lifetime figures; the balance is always bought + granted - used - expired - refunded."""
    if transfer.credit == WALLET:
        from_issue = "bought" if source == "bought" else "granted"
        stat = _STAT_OF_POCKET.get(transfer.debit, from_issue)
        stats[stat] += transfer.quantity if stat == from_issue else -transfer.quantity
    elif transfer.debit == WALLET:
        # An operator's deduction goes back to where grants come from: a grant taken back.
        stat = _STAT_OF_POCKET.get(transfer.credit, "granted")
        stats[stat] += -transfer.quantity if stat == "granted" else transfer.quantity

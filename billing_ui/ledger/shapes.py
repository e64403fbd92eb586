"""What callers hand to the ledger and get back: transfers between pockets, the lot they fill, postings, receipts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal

from billing_ui.ledger.tables import CASH, CONSUMED, EXPIRED, ISSUED, PAYOUT, POCKETS, TOKEN, WALLET

Source = Literal["bought", "granted", "redeemed"]
KEY_LENGTH = 255
# Keys and indexes tell use apart from everything else by this first word.
_USE = "usage"
_BESIDE_WALLET = {ISSUED, CONSUMED, EXPIRED, PAYOUT}


@dataclass(frozen=True, slots=True)
class Transfer:
    """A quantity of a unit from the pocket `debit` to the pocket `credit`.

    Out of the wallet it burns lots in burn order, or only `lot_id` if that is named (a refund, an expiry).
    """

    unit: str
    debit: str
    credit: str
    quantity: int
    lot_id: int | None = None

    def __post_init__(self) -> None:
        if self.quantity < 0:
            raise ValueError("a transfer goes one way: swap its pockets instead of sending less than nothing")
        for pocket in (self.debit, self.credit):
            if pocket not in POCKETS and not pocket.startswith(CASH):
                raise ValueError(f"there is no pocket called {pocket}")
        if self.debit == self.credit:
            raise ValueError(f"a transfer from {self.debit} to itself moves nothing")
        if WALLET in {self.debit, self.credit}:
            if self.unit != TOKEN:
                raise ValueError(f"the wallet holds {TOKEN}, not {self.unit}")
            if not {self.debit, self.credit} & _BESIDE_WALLET:
                raise ValueError(f"tokens do not move between {self.debit} and {self.credit}")


@dataclass(frozen=True, slots=True)
class LotIn:
    """The lot that transfers into the wallet fill. A lower `priority` burns earlier; the price is what was paid."""

    source: Source
    priority: int = 0
    expires_at: datetime | None = None
    price_num: int | None = None
    price_den: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """Transfers that happen together or not at all, about one account, under a key that says what they are for.

    `may_owe` lets a refund or a chargeback take tokens that are already spent: the rest is debt.
    """

    account_id: int
    key: str
    cause: str
    actor: str
    occurred_at: datetime
    transfers: tuple[Transfer, ...]
    lot: LotIn | None = None
    may_owe: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= KEY_LENGTH:
            raise ValueError(f"a posting key has 1 to {KEY_LENGTH} characters")
        if self.key.startswith(_USE):
            raise ValueError("what is used is written by the usage writer, together with its event")
        if not self.transfers:
            raise ValueError("a posting needs at least one transfer")
        comes = any(transfer.credit == WALLET for transfer in self.transfers)
        goes = {transfer.lot_id is None for transfer in self.transfers if transfer.debit == WALLET}
        if comes and goes:
            raise ValueError("one posting moves the wallet one way")
        if len(goes) > 1:
            raise ValueError("a posting either names the lots it burns or leaves them to the burn order")
        if comes != (self.lot is not None):
            raise ValueError("what comes into the wallet fills a lot, and a lot is filled by what comes in")

    def request_hash(self) -> str:
        """What must be equal for the same key to mean the same posting. Who repeats it, and when, may differ."""
        transfers = [(t.unit, t.debit, t.credit, t.quantity, t.lot_id) for t in self.transfers]
        told = [self.cause, transfers, self.lot and _told(self.lot), self.may_owe]
        return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _told(lot: LotIn) -> list[str | int | None]:
    expires = None if lot.expires_at is None else lot.expires_at.astimezone(UTC).isoformat()
    return [lot.source, lot.priority, expires, lot.price_num, lot.price_den, lot.currency]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a posting did. `seq` numbers its last entry; `replayed` means that it was done before and nothing moved."""

    seq: int
    balance_before: int
    balance_after: int
    replayed: bool

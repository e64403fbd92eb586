"""The books: append-only double entry, one balanced row per transfer. The only writer of its tables."""

from billing_ui.ledger.lots import expire_due
from billing_ui.ledger.posting import balance_as_of, open_head, post
from billing_ui.ledger.shapes import LotIn, Posting, Receipt, Transfer
from billing_ui.ledger.tables import CASH, CONSUMED, EXPIRED, ISSUED, PAYOUT, TOKEN, WALLET

__all__ = [
    "CASH",
    "CONSUMED",
    "EXPIRED",
    "ISSUED",
    "PAYOUT",
    "TOKEN",
    "WALLET",
    "LotIn",
    "Posting",
    "Receipt",
    "Transfer",
    "balance_as_of",
    "expire_due",
    "open_head",
    "post",
]

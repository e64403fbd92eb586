"""The books: append-only double entry, one balanced row per transfer. The only writer of its tables."""

from billing_ui.ledger.asks import Ask, Held, Outcome, Released, Taken, Told
from billing_ui.ledger.findings import Finding
from billing_ui.ledger.freezing import LotView, hold_back, let_go, lot_of
from billing_ui.ledger.heads import balance_without_due, open_head, with_due_lots
from billing_ui.ledger.holds import with_due_holds
from billing_ui.ledger.lots import expire_due, expired_of
from billing_ui.ledger.overall import move_days
from billing_ui.ledger.posting import balance_as_of, post
from billing_ui.ledger.rebuilding import recount_account, recount_all
from billing_ui.ledger.replanning import set_plan
from billing_ui.ledger.sealing import seal_account, to_seal
from billing_ui.ledger.shapes import LotIn, Posting, Receipt, Transfer
from billing_ui.ledger.tables import CASH, CONSUMED, EXPIRED, ISSUED, PAYOUT, TOKEN, WALLET
from billing_ui.ledger.verify import verify
from billing_ui.ledger.writer import Writer

__all__ = [
    "CASH",
    "CONSUMED",
    "EXPIRED",
    "ISSUED",
    "PAYOUT",
    "TOKEN",
    "WALLET",
    "Ask",
    "Finding",
    "Held",
    "LotIn",
    "LotView",
    "Outcome",
    "Posting",
    "Receipt",
    "Released",
    "Taken",
    "Told",
    "Transfer",
    "Writer",
    "balance_as_of",
    "balance_without_due",
    "expire_due",
    "expired_of",
    "hold_back",
    "let_go",
    "lot_of",
    "move_days",
    "open_head",
    "post",
    "recount_account",
    "recount_all",
    "seal_account",
    "set_plan",
    "to_seal",
    "verify",
    "with_due_holds",
    "with_due_lots",
]

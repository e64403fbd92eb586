"""What somebody means who searches their history: a number they hold first, else a word of the description."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from billing_ui.i18n.load import LANGUAGES, catalogue
from billing_ui.infra.db import Tx
from billing_ui.models import Capture, Payment, Receipt, Refund, Topup
from billing_ui.queries.postings import KINDS, seqs_of
from billing_ui.rules.methods import METHODS

# First words of posting keys under which the rest of the key is a number somebody may hold.
_WORDS = ("usage", "grant", "deduct", "expire", "refund", "topup:xendit")
_MOST = 200
_SHORTEST = 2
# Shown in histories, so it may be searched for, in whichever language it was read.
_SHOWN = {"grant": "adjust", "deduct": "adjust", "expire": "adjust"}


@dataclass(frozen=True, slots=True)
class Meant:
    """Certain entries (`seqs`) and purchases (`refs`), or a kind, or a method. None means not narrowed."""

    seqs: tuple[int, ...] | None = None
    refs: tuple[str, ...] | None = None
    kind: str = ""
    method: str = ""

    @property
    def is_nothing(self) -> bool:
        return self.seqs == () and self.refs == ()


def meaning(tx: Tx, account_id: int, q: str) -> Meant:
    """Looks up numbers of this account only. A search never goes through the entries one by one."""
    refs = _purchases(tx, account_id, q)
    seqs = seqs_of(tx, account_id, (*keys_of(tx, refs), q, *(f"{word}:{q}" for word in _WORDS)))
    if refs or seqs:
        return Meant(seqs=seqs, refs=refs)
    words = q.casefold()
    if len(words) >= _SHORTEST:
        for code in METHODS:
            if _is_in(words, f"method.{code}"):
                return Meant(method=code)
        for kind in (*KINDS, *_SHOWN):
            if _is_in(words, f"hist.{kind}"):
                return Meant(kind=_SHOWN.get(kind, kind))
    return Meant(seqs=(), refs=())


def _is_in(words: str, key: str) -> bool:
    return any(words in catalogue(language)[key].casefold() for language in LANGUAGES)


def _purchases(tx: Tx, account_id: int, q: str) -> tuple[str, ...]:
    """Refs of purchases with this number: their own, of an attempt, of the gateway, of the receipt, or the amount."""
    query = (
        select(col(Topup.public_id))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .outerjoin(Receipt, col(Receipt.payment_id) == col(Payment.id))
        .outerjoin(Capture, col(Capture.payment_id) == col(Payment.id))
        .where(col(Topup.account_id) == account_id)
        .order_by(col(Topup.id).desc())
        .limit(_MOST)
    )
    digits = q.removeprefix("Rp").removeprefix("IDR").replace(".", "").replace(",", "").replace("\u00a0", "").strip()
    if digits.isascii() and digits.isdecimal() and len(digits) <= 15:
        same = or_(
            col(Topup.total_amount) == int(digits), col(Topup.amount) == int(digits), col(Receipt.number) == q
        )  # fmt: skip
    else:
        low = q.lower()
        same = or_(
            col(Topup.public_id).startswith(low, autoescape=True)
            if low.startswith("top_")
            else col(Topup.id).is_(None),
            col(Payment.public_id) == low,
            col(Payment.reference) == q,
            col(Payment.gateway_request_id) == q,
            col(Capture.gateway_payment_id) == q,
            col(Receipt.number) == q.upper(),
        )
    return tuple(dict.fromkeys(tx.scalars(query.where(same))))


def refunded(tx: Tx, account_id: int) -> tuple[int, ...]:
    """The entries of purchases of which money went back."""
    query = (
        select(col(Topup.public_id))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .join(Refund, col(Refund.payment_id) == col(Payment.id))
        .where(col(Refund.account_id) == account_id, col(Refund.status) == "succeeded")
        .distinct()
    )
    return seqs_of(tx, account_id, keys_of(tx, tuple(tx.scalars(query))))


def keys_of(tx: Tx, refs: tuple[str, ...]) -> tuple[str, ...]:
    """The keys under which the money of these purchases was posted."""
    query = (
        select(col(Capture.gateway), col(Capture.gateway_payment_id))
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(col(Topup.public_id).in_(refs), col(Capture.outcome) == "credited")
    )
    return tuple(f"topup:{gateway}:{number}" for gateway, number in tx.execute(query)) if refs else ()

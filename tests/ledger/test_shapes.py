"""What may be asked of the ledger at all."""

from typing import Any

import pytest

from billing_ui.ledger import LotIn, Posting, Transfer
from tests.ledger.books import START

IN = Transfer("TOKEN", "issued", "wallet", 1)
OUT = Transfer("TOKEN", "wallet", "consumed", 1)


@pytest.mark.parametrize(
    ("unit", "debit", "credit", "quantity"),
    [
        ("TOKEN", "issued", "wallet", -1),
        ("TOKEN", "issued", "purse", 1),
        ("TOKEN", "purse", "wallet", 1),
        ("TOKEN", "wallet", "wallet", 1),
        ("IDR", "wallet", "consumed", 1),
        ("TOKEN", "wallet", "revenue", 1),
    ],
)
def test_a_transfer_that_means_nothing_is_refused(unit: str, debit: str, credit: str, quantity: int) -> None:
    with pytest.raises(ValueError):
        Transfer(unit, debit, credit, quantity)


def test_every_gateway_has_a_cash_pocket() -> None:
    assert Transfer("IDR", "cash:xendit", "clearing", 1).debit == "cash:xendit"


@pytest.mark.parametrize(
    "facts",
    [
        {"key": ""},
        {"key": "k" * 256},
        {"key": "usage:evt-1"},
        {"transfers": ()},
        {"transfers": (IN, OUT), "lot": LotIn("bought")},
        {"transfers": (IN,)},
        {"transfers": (OUT,), "lot": LotIn("bought")},
        {"transfers": (OUT, Transfer("TOKEN", "wallet", "payout", 1, lot_id=1))},
    ],
    ids=str,
)
def test_a_posting_that_means_nothing_is_refused(facts: dict[str, Any]) -> None:
    given = {"key": "k", "transfers": (OUT,)} | facts
    with pytest.raises(ValueError):
        Posting(account_id=1, cause="c", actor="a", occurred_at=START, **given)


def test_who_repeats_a_posting_and_when_makes_no_other_posting() -> None:
    first = Posting(1, "k", "c", "user:a", START, (IN,), LotIn("bought", expires_at=START))
    again = Posting(1, "k", "c", "system:jobs", START.replace(year=2027), (IN,), LotIn("bought", expires_at=START))
    assert first.request_hash() == again.request_hash()
    assert len(first.request_hash()) == 32

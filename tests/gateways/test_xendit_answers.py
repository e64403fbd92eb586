"""How single values of Xendit's answers are read: leniently in form, strictly in meaning."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.gateways.xendit.answers import instant, instruction, rupiah, word
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Instruction
from billing_ui.rules.methods import Action


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        (50000, 50000), ("50000", 50000), (Decimal("50000.00"), 50000), (" 50000 ", 50000), (0, 0), ("5e4", 50000),
        (Decimal("50000.01"), None), ("50.000,00", None), (-1, None), (True, None), (None, None), ("", None),
        ("NaN", None), ("Infinity", None), (10**15, 10**15), (10**15 + 1, None), ("1e999999", None), ([1], None),
    ],
)  # fmt: skip
def test_only_a_whole_sane_amount_is_an_amount(told: object, whole: int | None) -> None:
    assert rupiah(told) == whole


@given(st.integers(0, 10**15))
def test_an_amount_is_the_same_as_number_as_text_and_with_a_point(amount: int) -> None:
    assert rupiah(amount) == rupiah(str(amount)) == rupiah(Decimal(f"{amount}.0")) == amount


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T17:00:00+07:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None), ("yesterday", None), ("", None), (None, None), (1700000000, None),
    ],
)  # fmt: skip
def test_an_instant_is_utc_or_nothing(told: object, read: datetime | None) -> None:
    assert instant(told) == read


@pytest.mark.parametrize(
    ("told", "kept"),
    [("py-1", "py-1"), (" py-1 ", "py-1"), (17, "17"), ("", None), ("a\nb", None), ("x" * 256, None), (True, None),
     (None, None), ({}, None)],
)  # fmt: skip
def test_a_word_is_one_short_printable_line(told: object, kept: str | None) -> None:
    assert word(told) == kept


def answer(**shown: Any) -> dict[str, Any]:
    return {"actions": [{"descriptor": name, "value": value} for name, value in shown.items()]}


@pytest.mark.parametrize(
    ("action", "shown", "read"),
    [
        ("qr", {"QR_STRING": "0002"}, Instruction("qr", "0002")),
        ("va", {"VIRTUAL_ACCOUNT_NUMBER": "8808"}, Instruction("va", "8808")),
        ("redirect", {"WEB_URL": "https://w/1"}, Instruction("redirect", "https://w/1")),
        ("redirect", {"WEB_URL": "https://w/1", "DEEPLINK_URL": "dana://1"},
         Instruction("redirect", "https://w/1", "dana://1")),
        ("redirect", {"DEEPLINK_URL": "dana://1"}, Instruction("redirect", "dana://1", "dana://1")),
        ("redirect", {"QR_STRING": "0002"}, Instruction("app", "0002")),
        ("app", {"DEEPLINK_URL": "shopeeid://1", "QR_STRING": "0002"}, Instruction("app", "0002", "shopeeid://1")),
        ("app", {"WEB_URL": "https://w/1"}, Instruction("redirect", "https://w/1")),
        ("app", {"DEEPLINK_URL": "JavaScript:alert(1)", "QR_STRING": "0002"}, Instruction("app", "0002")),
        ("push", {}, Instruction("push")),
        ("push", {"WEB_URL": "https://w/1"}, Instruction("push")),
    ],
)  # fmt: skip
def test_each_way_to_pay_shows_what_its_payer_needs(action: Action, shown: dict[str, str], read: Instruction) -> None:
    assert instruction(answer(**shown), action) == read


@pytest.mark.parametrize("action", ["redirect", "app"])
@pytest.mark.parametrize("shown", [{}, {"WEB_URL": "JAVASCRIPT:alert(1)", "DEEPLINK_URL": "JavaScript:alert(1)"}])
def test_a_wallet_with_nothing_safe_to_open_can_be_paid_by_nobody(action: Action, shown: dict[str, str]) -> None:
    with pytest.raises(GatewayUnavailable, match="NOTHING_TO_OPEN"):
        instruction(answer(**shown), action)

"""Reading a QRIS code: who will be paid, or nothing at all when the code is not whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.qris import Merchant, asks_for, merchant
from billing_ui.sandbox.qris import crc16, field, payload

CODE = payload(merchant="Makalah AI", nmid="ID1020304050607", amount=50_000, bill="top_1")


def signed(*fields: str) -> str:
    body = "".join(fields) + "6304"
    return body + crc16(body)


def test_a_whole_code_names_its_merchant_and_amount() -> None:
    assert merchant(CODE) == Merchant("Makalah AI", "ID1020304050607", "50000")


def test_a_checksum_in_small_letters_is_a_checksum() -> None:
    assert merchant(CODE[:-4] + CODE[-4:].lower()) == merchant(CODE)


def test_what_the_code_does_not_say_stays_empty() -> None:
    assert merchant(signed(field("00", "01"))) == Merchant("", "", "")
    assert merchant(signed(field("26", field("02", "936009")), field("59", " A "))) == Merchant("A", "", "")


def test_account_fields_that_are_not_whole_are_passed_over() -> None:
    assert merchant(signed(field("26", "0299"), field("59", "A"))) == Merchant("A", "", "")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "not a code",
        CODE[:-1],
        CODE[:-4] + "0000",
        CODE.replace("50000", "50001"),
        field("59", "A"),
        "000²01",
        "0002",
    ],
)
def test_a_code_that_is_not_whole_says_nothing(code: str) -> None:
    assert merchant(code) is None


@given(st.text())
def test_any_text_is_read_without_harm(text: str) -> None:
    assert merchant(text) is None


@pytest.mark.parametrize("amount", ["50000", "50000.00", ""])
def test_a_code_for_this_amount_or_for_any_may_be_shown(amount: str) -> None:
    assert asks_for(signed(field("00", "01"), field("54", amount) if amount else ""), 50_000)


@pytest.mark.parametrize("amount", ["5000", "50000.01", "050000", "all"])
def test_a_code_that_would_take_another_amount_may_not_be_shown(amount: str) -> None:
    assert not asks_for(signed(field("00", "01"), field("54", amount)), 50_000)


def test_a_harmed_code_may_not_be_shown_and_a_test_code_says_nothing() -> None:
    assert not asks_for(CODE.replace("Makalah", "Penipu!"), 50_000)
    assert not asks_for(CODE[:60], 50_000)
    assert asks_for("some-random-qr-string", 50_000)

"""Indonesian mobile numbers, however people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.phones import masked, mobile, national, payer_phone


@pytest.mark.parametrize(
    "typed",
    ["081234567890", "81234567890", "6281234567890", "+6281234567890", "006281234567890", "+62 812-3456-7890",
     "(0812) 3456 7890", "0812.3456.7890", " 0812 3456 7890 ", "+62 0812 3456 7890"],
)  # fmt: skip
def test_every_way_to_write_a_number_means_the_same_number(typed: str) -> None:
    assert mobile(typed) == "+6281234567890"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "0812", "021 555 1234", "+1 555 123 4567", "080123456789", "0812345678901234", "08123abc4567",
     "०८१२३४५६७८९", "0812\x003456789", "8" * 41, "+62+6281234567890", "--"],
)  # fmt: skip
def test_what_is_no_mobile_number_of_this_country_is_none(typed: str) -> None:
    assert mobile(typed) is None


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none_and_a_number_stays_itself(typed: str) -> None:
    number = mobile(typed)
    assert number is None or mobile(number) == number


@given(st.integers(10_000_000, 99_999_999_99))
def test_what_the_form_shows_behind_the_prefix_is_read_back_as_the_same(rest: int) -> None:
    number = mobile(f"081{rest}"[:12])
    assert number is None or mobile(national(number)) == number


@pytest.mark.parametrize(("typed", "why"), [(None, "required"), ("  ", "required"), ("123", "not_a_mobile_number")])
def test_a_method_that_asks_by_phone_says_what_is_wrong_with_it(typed: str | None, why: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        payer_phone("OVO", typed)
    assert refused.value.facts == {"field": "phone", "why": why}


def test_other_methods_need_no_number_and_keep_none() -> None:
    assert payer_phone("QRIS", "081234567890") is None
    assert payer_phone("NO_SUCH", None) is None
    assert payer_phone("OVO", "0812 3456 7890") == "+6281234567890"


def test_a_masked_number_can_be_recognised_and_not_called() -> None:
    assert masked("+6281234567890") == "0812•••••890"
    assert masked("") == ""

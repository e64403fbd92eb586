"""Numbers, codes and tax of receipts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.ids import Ids
from billing_ui.rules.receipts import (
    CHECK_CODE_LENGTH,
    TaxLine,
    check_code,
    is_number,
    number,
    pdf_path,
    printed,
    series,
    tax_line,
    verify_path,
)


def test_a_number_says_its_year_and_grows_beyond_six_digits() -> None:
    assert number(series(2026), 123) == "KW-2026-000123"
    assert number(series(2026), 1_234_567) == "KW-2026-1234567"
    assert is_number("KW-2026-000123")
    assert is_number("KW-2026-1234567")


@pytest.mark.parametrize("words", ["", "KW-2026-123", "KW-2026-000123\n", "kw-2026-000123", "KW-٢٠٢٦-000123", "../KW"])
def test_what_is_no_number_is_not_looked_up(words: str) -> None:
    assert not is_number(words)


@given(st.integers(min_value=0))
def test_a_code_typed_from_paper_is_the_code(seed: int) -> None:
    code = Ids.seeded(seed).code(CHECK_CODE_LENGTH)
    assert check_code(code) == code
    assert check_code(f" {printed(code)} ") == code
    assert check_code(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "abc", "0123456789a", "012345678!", "٠١٢٣٤٥٦٧٨٩", "a" * 10_000])
def test_what_is_no_code_is_empty(typed: str) -> None:
    assert check_code(typed) == ""


def test_addresses() -> None:
    assert pdf_path("KW-2026-000001") == "/receipts/KW-2026-000001.pdf"
    assert verify_path("KW-2026-000001", "0123456789") == "/receipts/KW-2026-000001/?c=0123456789"


def test_tax_is_added_or_inside_or_not_there() -> None:
    assert tax_line("off", 1_100, 50_000, 0) is None
    assert tax_line("included", 0, 50_000, 0) is None
    assert tax_line("added", 1_100, 50_000, 5_500) == TaxLine("added", 1_100, 5_500, 50_000)
    assert tax_line("included", 1_100, 50_000, 0) == TaxLine("included", 1_100, 4_955, 45_045)


def test_tax_that_was_added_at_another_rate_names_no_rate() -> None:
    assert tax_line("off", 1_200, 50_000, 5_500) == TaxLine("added", None, 5_500, 50_000)


@given(st.integers(1, 10**12), st.integers(1, 5_000))
def test_base_and_tax_inside_make_the_total(total: int, rate: int) -> None:
    line = tax_line("included", rate, total, 0)
    assert line is not None
    assert line.base + line.amount == total
    assert 0 <= line.amount <= total

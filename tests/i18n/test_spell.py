"""Amounts in words."""

import pytest

from billing_ui.i18n.spell import money, number


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (0, "nol", "zero"),
        (11, "sebelas", "eleven"),
        (19, "sembilan belas", "nineteen"),
        (21, "dua puluh satu", "twenty-one"),
        (100, "seratus", "one hundred"),
        (110, "seratus sepuluh", "one hundred ten"),
        (999, "sembilan ratus sembilan puluh sembilan", "nine hundred ninety-nine"),
        (1_000, "seribu", "one thousand"),
        (1_001, "seribu satu", "one thousand one"),
        (55_500, "lima puluh lima ribu lima ratus", "fifty-five thousand five hundred"),
        (101_000, "seratus satu ribu", "one hundred one thousand"),
        (1_000_000, "satu juta", "one million"),
        (2_001_000, "dua juta seribu", "two million one thousand"),
        (10**9, "satu miliar", "one billion"),
        (3 * 10**15, "tiga ribu triliun", "three thousand trillion"),
    ],
)
def test_a_number_in_words(value: int, indonesian: str, english: str) -> None:
    assert (number("id", value), number("en", value)) == (indonesian, english)


def test_rupiah_are_spelled_out_and_cents_are_not() -> None:
    assert money("id", 50_000, "IDR") == "lima puluh ribu rupiah"
    assert money("en", 50_000, "IDR") == "fifty thousand rupiah"
    assert money("en", 1_999, "USD") == ""

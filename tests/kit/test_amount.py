"""Whole quantities of one unit: they add up, compare, and never mix."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.amount import Amount, ceiling, half_up

whole = st.integers(-(10**18), 10**18)
above_zero = st.integers(1, 10**9)


def test_amounts_of_one_unit_add_up_and_compare() -> None:
    five, three = Amount(5, "IDR"), Amount(3, "IDR")
    assert five + three == Amount(8, "IDR")
    assert five - three == Amount(2, "IDR")
    assert three < five
    assert three <= three  # noqa: PLR0124 - an amount is as much as itself
    assert not five <= three


@pytest.mark.parametrize("act", ["__add__", "__sub__", "__lt__", "__le__"])
def test_amounts_of_two_units_do_not_mix(act: str) -> None:
    with pytest.raises(ValueError, match="IDR and USD do not mix"):
        getattr(Amount(1, "IDR"), act)(Amount(1, "USD"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 2, 3), (-5, 2, -3), (4, 2, 2), (1, 3, 0), (2, 3, 1), (0, 7, 0), (10 * 1499, 1000, 15), (10 * 1449, 1000, 14)],
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@given(whole, above_zero)
def test_rounding_is_never_further_off_than_a_half(numerator: int, denominator: int) -> None:
    assert abs(half_up(numerator, denominator) - Fraction(numerator, denominator)) <= Fraction(1, 2)
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)


@given(whole, above_zero)
def test_the_ceiling_is_the_smallest_whole_number_not_below(numerator: int, denominator: int) -> None:
    top = ceiling(numerator, denominator)
    assert top - 1 < Fraction(numerator, denominator) <= top


@pytest.mark.parametrize("rounding", [half_up, ceiling])
@pytest.mark.parametrize("denominator", [0, -1])
def test_a_ratio_needs_a_denominator_above_zero(rounding: object, denominator: int) -> None:
    with pytest.raises(ValueError):
        rounding(1, denominator)  # type: ignore[operator]

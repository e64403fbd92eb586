"""Limits, display rates, card states and what an edited file does: pure decisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.amount import Amount
from billing_ui.rules.plans import UNLIMITED, Limit, Ratio, Sold, card_state, change, worth
from billing_ui.rules.words import Text

quantities = st.one_of(st.integers(0, 10**15), st.just(UNLIMITED))


@given(st.sampled_from(["hour", "day", "week", "month", "total"]), quantities)
def test_a_limit_comes_back_from_storage_as_it_went_in(window: str, quantity: object) -> None:
    limit = Limit("tokens", window, quantity)  # type: ignore[arg-type]  # drawn from the allowed words
    assert Limit.of(limit.stored()) == limit
    assert limit.is_unlimited == (quantity is UNLIMITED)
    assert -1 not in limit.stored().values()


@pytest.mark.parametrize(("tokens", "rupiah"), [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (500_000, 50_000), (-15, -2)])
def test_tokens_are_worth_money_rounded_half_up_once(tokens: int, rupiah: int) -> None:
    assert worth(tokens, Ratio(1, 10), "IDR") == Amount(rupiah, "IDR")


@pytest.mark.parametrize(
    ("slug", "is_disabled", "state"),
    [("gratis", False, "current"), ("pro", True, "scheduled"), ("bpp", False, "available"), ("max", True, "soon")],
)
def test_a_card_stands_as_current_scheduled_available_or_soon(slug: str, is_disabled: bool, state: str) -> None:
    assert card_state(slug, is_disabled=is_disabled, current="gratis", scheduled="pro") == state


def test_a_plan_that_was_switched_off_is_still_current_for_who_is_on_it() -> None:
    assert card_state("pro", is_disabled=True, current="pro", scheduled="pro") == "current"


def test_a_visitor_has_no_current_plan() -> None:
    assert card_state("gratis", is_disabled=False) == "available"


@pytest.mark.parametrize(
    ("wanted", "sold", "overwrite", "kind"),
    [
        (None, None, False, None),
        ("a", None, False, "create"),
        ("a", Sold("a", changed_at_desk=False), False, None),
        ("a", Sold("b", changed_at_desk=False), False, "replace"),
        (None, Sold("b", changed_at_desk=False), False, "close"),
        ("a", Sold("a", changed_at_desk=True), False, None),
        ("a", Sold("b", changed_at_desk=True), False, "keep"),
        (None, Sold("b", changed_at_desk=True), False, "keep"),
        ("a", Sold("b", changed_at_desk=True), True, "replace"),
        (None, Sold("b", changed_at_desk=True), True, "close"),
    ],
)
def test_what_the_file_does_to_one_slug(
    wanted: str | None, sold: Sold | None, overwrite: bool, kind: str | None
) -> None:
    assert change(wanted, sold, overwrite=overwrite) == kind


def test_a_text_is_said_in_one_language_and_travels_in_both() -> None:
    text = Text("Saldo", "Balance")
    assert (text.said_in("id"), text.said_in("en")) == ("Saldo", "Balance")
    assert Text.of(text.pair()) == text

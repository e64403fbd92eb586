"""Which days a look back is about."""

from __future__ import annotations

from datetime import date

import pytest

from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.scopes import SCOPES, scopes
from billing_ui.rules.usage_spans import LONGEST_DAYS, RANGES, span

TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2027-03-01", "2027-03-01"), ("yesterday", "2027-02-28", "2027-02-28"),
        ("7d", "2027-02-23", "2027-03-01"), ("30d", "2027-01-31", "2027-03-01"), ("", "2027-01-31", "2027-03-01"),
        ("month", "2027-03-01", "2027-03-01"), ("last_month", "2027-02-01", "2027-02-28"),
    ],
)  # fmt: skip
def test_a_word_means_days(word: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in span(word, None, None, TODAY, LONGEST_DAYS)] == [first, last]
    assert word in {*RANGES, ""}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2027-01-05", "2027-01-09", ("2027-01-05", "2027-01-09")), ("2027-02-20", None, ("2027-02-20", "2027-03-01")),
        ("2027-03-05", None, ("2027-03-05", "2027-03-05")), (None, "2027-01-30", ("2027-01-01", "2027-01-30")),
    ],
)  # fmt: skip
def test_days_of_ones_own(first: str | None, last: str | None, expected: tuple[str, str]) -> None:
    given = [date.fromisoformat(each) if each else None for each in (first, last)]
    found = span("", given[0], given[1], TODAY, LONGEST_DAYS)
    assert tuple(day.isoformat() for day in found) == expected


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [("ever", None, None), ("today", date(2027, 1, 1), None), ("", date(2027, 1, 2), date(2027, 1, 1)),
     ("", date(2026, 2, 28), date(2027, 3, 1))],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(word: str, first: date | None, last: date | None) -> None:
    with pytest.raises(FieldInvalid):
        span(word, first, last, TODAY, LONGEST_DAYS)


def test_a_year_is_the_longest() -> None:
    assert span("", date(2026, 3, 1), TODAY, TODAY, LONGEST_DAYS) == (date(2026, 3, 1), TODAY)


def test_scopes_are_known_ones_each_once_in_order() -> None:
    assert scopes(["usage:read", "usage:write", "usage:read"]) == ("usage:write", "usage:read")
    assert scopes(SCOPES) == SCOPES
    for wrong in ([], ["*"], ["usage:read", "admin"]):
        with pytest.raises(FieldInvalid):
            scopes(wrong)

"""The address of a look back at use means one ask, and what nobody knows in it is ignored."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.usage_lists import UsageAsk, address, changed, days_of, page_of, query_of, read_ask

TODAY = date(2026, 11, 21)


def test_an_empty_address_means_thirty_days_by_day() -> None:
    assert read_ask({}) == UsageAsk()
    assert address("/usage/explore/", UsageAsk()) == "/usage/explore/"
    assert days_of(UsageAsk(), TODAY) == (date(2026, 10, 23), TODAY)


def test_what_nobody_knows_is_ignored() -> None:
    odd = {"range": "ever", "by": "mood", "from": "2026-13-01", "op": "a\x00b", "model": "x" * 201, "page": "%%"}
    assert read_ask(odd) == UsageAsk()
    assert read_ask({"page": "a"}).after is None, "not the whole of a name"
    assert read_ask({"page": "_w"}).after is None, "no letters at all"


def test_days_the_wrong_way_round_are_put_right() -> None:
    ask = read_ask({"from": "2026-11-20", "to": "2026-11-02"})
    assert days_of(ask, TODAY) == (date(2026, 11, 2), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({"range": "month"}, date(2026, 11, 1), TODAY),
        ({"range": "last_month"}, date(2026, 10, 1), date(2026, 10, 31)),
        ({"from": "2026-11-19"}, date(2026, 11, 19), TODAY),
        ({"from": "2027-01-05"}, date(2027, 1, 5), date(2027, 1, 5)),
        ({"to": "2026-11-10"}, date(2026, 10, 12), date(2026, 11, 10)),
        ({"from": "2020-01-01", "to": "2026-11-10"}, date(2025, 11, 10), date(2026, 11, 10)),
        ({"from": "2020-01-01", "to": "2026-11-10", "by": "session"}, date(2026, 10, 11), date(2026, 11, 10)),
        ({"range": "last_month", "by": "session"}, date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_days_are_whole_and_never_too_many(query: dict[str, str], first: date, last: date) -> None:
    assert days_of(read_ask(query), TODAY) == (first, last)


def test_a_range_takes_the_place_of_days_and_days_of_a_range() -> None:
    own = changed(read_ask({"range": "7d", "page": page_of("x")}), **{"from": "2026-11-03"})
    assert query_of(own) == {"from": "2026-11-03"}
    assert query_of(changed(own, range="month", by="model")) == {"range": "month", "by": "model"}
    assert query_of(changed(own, meter="minutes", op="chat")) == {
        "from": "2026-11-03",
        "meter": "minutes",
        "op": "chat",
    }


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_group_may_begin_a_page(name: str) -> None:
    """Sessions are named by host apps."""
    assert read_ask({"page": page_of(name)}).after == name


def test_the_group_without_a_name_begins_a_page_too() -> None:
    assert (page_of(""), page_of(None)) == ("_", "")
    assert read_ask(query_of(UsageAsk(after=""))).after == ""

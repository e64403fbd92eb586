"""What the address of a list means, and the address that an ask has."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.lists import Choices, ListAsk, address, changed, query_of, read_ask

CHOICES = Choices(frozenset({"topup", "usage"}), frozenset({"paid"}), frozenset({"QRIS"}))


def test_what_nobody_knows_is_ignored_and_left_out_of_the_address() -> None:
    odd = {
        "type": "gift", "status": "PAID", "method": "cash", "from": "2026-13-01", "to": "yesterday", "per": "26",
        "page": "../../x", "sort": "up", "q": "\x00 \t",
    }  # fmt: skip
    assert read_ask(odd, CHOICES) == ListAsk()
    assert not read_ask(odd, CHOICES).is_narrowed
    assert address("/list/", read_ask(odd, CHOICES)) == "/list/"


def test_an_address_and_its_ask_mean_each_other() -> None:
    ask = ListAsk("kopi susu & teh", "topup", "paid", "QRIS", date(2026, 11, 1), date(2026, 11, 30), "o.1.2.top_a", 50)
    told = address("/list/", ask, id="usage:evt 1")
    query = dict(parse_qsl(urlsplit(told).query))
    assert query.pop("id") == "usage:evt 1"
    assert read_ask(query, CHOICES) == ask
    assert ask.is_narrowed


def test_days_the_wrong_way_round_are_put_right() -> None:
    ask = read_ask({"from": "2026-11-30", "to": "2026-11-01"}, CHOICES)
    assert (ask.first_on, ask.last_on) == (date(2026, 11, 1), date(2026, 11, 30))


def test_whoever_filters_begins_at_the_first_page_and_whoever_turns_pages_keeps_the_filters() -> None:
    ask = ListAsk(type="topup", page="o.1.2.", per=100)
    assert changed(ask, CHOICES, status="paid") == ListAsk(type="topup", status="paid", per=100)
    assert changed(ask, CHOICES, type="") == ListAsk(per=100)
    assert changed(ask, CHOICES, page="o.3.4.") == ListAsk(type="topup", page="o.3.4.", per=100)


@pytest.mark.parametrize("day", ["1999-01-01", "2026-1-1", "20261101", "2026-02-30", "9999-12-31"])
def test_only_days_of_this_century_that_exist_count(day: str) -> None:
    assert read_ask({"from": day}, CHOICES).first_on is None


@given(st.dictionaries(st.sampled_from(["q", "type", "status", "method", "from", "to", "page", "per"]), st.text()))
def test_every_address_has_an_ask_whose_own_address_means_the_same(query: dict[str, str]) -> None:
    ask = read_ask(query, CHOICES)
    assert read_ask(query_of(ask), CHOICES) == ask
    assert len(ask.q) <= 80

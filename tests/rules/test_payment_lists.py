"""The address of the operators' list: read without ever failing, written without what is usual."""

from datetime import date
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.lists import ListAsk
from billing_ui.rules.payment_lists import PaymentWish, address, told, wish

_NAMES = st.sampled_from(["q", "status", "method", "gateway", "from", "to", "per", "after", "before", "sort"])
_VALUES = st.one_of(
    st.text(max_size=30), st.sampled_from(["paid", "stuck", "QRIS", "xendit", "2026-11-21", "50", "100"])
)


@given(st.dictionaries(_NAMES, _VALUES))
def test_what_is_read_is_written_and_read_the_same(said: dict[str, str]) -> None:
    wanted = wish(said)
    assert wish(told(wanted)) == wanted
    assert wish(dict(parse_qsl(address(wanted)[1:]))) == wanted


def test_the_usual_list_has_a_plain_address() -> None:
    assert address(PaymentWish()) == address(wish({"per": "25", "status": "", "page": "3"})) == ""
    assert not wish({"per": "50"}).is_narrowed


def test_what_makes_no_sense_is_as_if_it_had_not_been_said() -> None:
    said = {
        "status": "'; drop", "method": "CASH", "gateway": "bank", "from": "2026-02-30", "to": "yesterday",
        "per": "1000000", "after": "pay_1", "before": "../", "q": "  ",
    }  # fmt: skip
    assert wish(said) == PaymentWish()


def test_a_narrowed_list_says_so_in_its_address() -> None:
    wanted = wish({"q": " top_x ", "status": "decision", "to": "2026-11-30"})
    assert wanted == PaymentWish(ListAsk(q="top_x", status="decision", last_on=date(2026, 11, 30)))
    assert wanted.is_narrowed
    assert address(wanted) == "?q=top_x&status=decision&to=2026-11-30"

"""Choosing what to buy: everything follows from the amount and the method, and nothing is sold twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from billing_ui.models import Topup
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.pay import PayState
from billing_ui.state.topup import Asked, TopupState
from billing_ui.state.unfinished import UnfinishedState
from tests.live_sandbox import Box
from tests.services.test_receipts import choose
from tests.state.tab import Tab, destination

TOPUP = "/subscription/topup/"


@pytest.fixture
def secret(till: Tab) -> str:
    person = SignUp("rani@pelanggan.test", "kata-sandi-panjang", "Rani")
    return identity.sign_up(till.world.env, person, Device("127.0.0.1", "Firefox"))


async def opened(tab: Tab, query: str = "") -> TopupState:
    page = await tab.at(TopupState, TOPUP + query)
    await page.open()
    return page


async def steps(handler: Any) -> list[Any]:
    return [step async for step in handler]


def purchases(tab: Tab) -> int:
    with tab.world.env.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(Topup)) or 0


def why(page: TopupState, code: str) -> str:
    return next(each["why"] for group in page.groups for each in group["methods"] if each["code"] == code)


async def test_the_popular_amount_and_qris_are_chosen_for_somebody_new(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
    assert (page.amount, page.method, page.is_other) == (50_000, "QRIS", False)
    assert (page.quote["total"], page.quote["tokens"], page.quote["currency"]) == (50_000, 500_000, "IDR")
    assert page.quote["about"]["count"] == 2


async def test_the_address_may_choose(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till, "?amount=100000&method=VA_BCA")
        assert (page.amount, page.method) == (100_000, "VA_BCA")
        page = await opened(till, "?amount=75000")
        assert (page.amount, page.is_other, page.quote["tokens"]) == (75_000, True, 750_000)


@pytest.mark.parametrize(
    "query", ["?amount=-5", "?amount=1e9", "?amount=٥٠", "?method=SUITCASE", "?amount=" + "9" * 99]
)
async def test_nonsense_in_the_address_chooses_nothing(till: Tab, secret: str, query: str) -> None:
    with till.signed_in(secret):
        page = await opened(till, query)
    assert (page.amount, page.method) == (50_000, "QRIS")


async def test_an_amount_that_is_not_sold_has_no_price_and_a_reason(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await page.type_amount(123)
        assert (page.quote, page.error["code"]) == ({}, "amount_out_of_range")
        assert page.error["args"]["minimum"] == {"money": 10_000, "currency": "IDR"}
        assert await steps(page.pay()) == []
    assert purchases(till) == 0


async def test_a_method_below_its_minimum_stays_with_its_reason_and_gives_way(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till, "?method=VA_BCA")
        await page.type_amount(9_000)
    assert why(page, "VA_BCA") == "minimum"
    assert page.method == "QRIS"


async def test_only_groups_that_some_amount_can_use_stand_among_the_choices(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await page.type_amount(9_000)
    stands = {group["name"]: group["open"] for group in page.groups}
    assert (stands["qris"], stands["va"], stands["card"]) == (True, True, False)


async def test_nobody_chooses_a_method_that_cannot_be_used(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await page.pick_method("CARD")
        assert page.method == "QRIS"
        await page.pick_method("../etc")
        assert page.method == "QRIS"


def told(page: TopupState, code: str) -> tuple[int, str, str]:
    method = next(each for group in page.groups for each in group["methods"] if each["code"] == code)
    return method["fee"], method["cost"], method["bounds"]


async def test_who_bears_the_fee_reads_it_beside_each_method_before_choosing(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        assert [told(page, code) for code in ("QRIS", "VA_BCA", "DANA")] == [(0, "", "maximum"), *[(0, "", "")] * 2]
        choose(till.world, "fee.payer", "customer")
        choose(till.world, "fee.methods", {"DANA": {"flat": 0, "per_10000": 0}})
        await page.pick_amount(100_000)
        assert told(page, "QRIS") == (700, "fee", "maximum")
        assert told(page, "VA_BCA") == (4_000, "fee", "both")
        assert told(page, "DANA") == (0, "none", "maximum")
        assert told(page, "VA_BNI") == (4_000, "fee", ""), "nobody comes near fifty milliards"
        assert told(page, "CARD")[1:] == ("", "")
        await page.pick_method("VA_BCA")
        assert (page.quote["price"], page.quote["fee"], page.quote["total"]) == (100_000, 4_000, 104_000)


async def test_a_method_gives_way_where_its_fee_lifts_the_total_over_its_limit(till: Tab, secret: str) -> None:
    choose(till.world, "fee.payer", "customer")
    choose(till.world, "fee.methods", {"QRIS": {"flat": 1_000_000, "per_10000": 0}})
    with till.signed_in(secret):
        page = await opened(till, "?method=QRIS")
        await page.type_amount(9_500_000)
    assert (why(page, "QRIS"), page.method) == ("maximum", "VA_BCA")


async def test_paying_makes_one_purchase_and_leads_to_its_page(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        *_, leads = await steps(page.pay())
    asked = await till.root.get_state(Asked)
    assert destination(leads) == f"/pay/{asked.ref}/"
    assert till.world.payment(asked.ref).status == "pending"


async def test_the_same_form_sent_twice_is_one_purchase(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        key = page._form_key
        await steps(page.pay())
        assert page._form_key != key
        page._form_key = key
        await steps(page.pay())
    assert purchases(till) == 1


async def test_the_hub_opens_the_card_in_place(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await steps(page.pay_here())
        card = await till.root.get_state(PayState)
    assert (card.found, card.card["status"], card.card["kind"]) == (True, "pending", "qr")
    assert card.card["qr"].startswith("data:image/svg+xml")


async def test_an_unfinished_purchase_is_offered_first(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await steps(page.pay())
        page = await opened(till)
    asked = await till.root.get_state(Asked)
    assert asked.ref == ""
    assert (page.unfinished["total"], page.unfinished["method"]) == (50_000, "QRIS")


async def test_a_stranger_sees_nothing_and_buys_nothing(till: Tab) -> None:
    page = await opened(till)
    assert (page.options, page.ready) == ([], False)
    assert await steps(page.pay()) == []
    assert purchases(till) == 0


async def test_a_method_that_asks_by_phone_says_so_and_remembers_the_number(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till, "?method=OVO")
        await steps(page.pay())
        assert (page.error["place"], page.error["args"]["why"]) == ("phone", "required")
        await page.type_phone("021 555")
        assert page.error["code"] == ""
        await steps(page.pay())
        assert (page.error["place"], page.error["args"]["why"]) == ("phone", "not_a_mobile_number")
        assert purchases(till) == 0
        await page.type_phone("0812 3456 7890")
        await steps(page.pay())
        page.phone = ""
        page = await opened(till, "?method=OVO")
    assert purchases(till) == 1
    assert page.phone == "81234567890"


async def test_an_unfinished_purchase_is_called_off_where_a_new_one_is_chosen(till: Tab, secret: str) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await steps(page.pay())
        page = await opened(till)
        ref = page.unfinished["ref"]
        card = await till.root.get_state(UnfinishedState)
        await card.ask()
        assert card.is_asking
        await card.keep()
        assert till.world.payment(ref).status == "pending"
        await steps(card.cancel())
    assert till.world.payment(ref).status == "canceled"
    assert page.unfinished == {}


async def test_what_was_paid_meanwhile_is_not_called_off(till: Tab, secret: str, box: Box) -> None:
    with till.signed_in(secret):
        page = await opened(till)
        await steps(page.pay())
        page = await opened(till)
        ref = page.unfinished["ref"]
        box.pay(ref, drop_webhook=True)
        card = await till.root.get_state(UnfinishedState)
        await steps(card.cancel())
    assert (card.error["code"], till.world.payment(ref).status, page.unfinished) == ("not_cancelable", "paid", {})

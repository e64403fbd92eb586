"""The pay card: what it shows to whom, and what each of its buttons does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from billing_ui.models import Payment
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.history import HistoryState
from billing_ui.state.overview import OverviewState
from billing_ui.state.pay import PayState
from billing_ui.state.plans import PlansState
from billing_ui.state.session import Session
from billing_ui.state.topup import Asked
from tests.live_sandbox import Box
from tests.state.tab import Tab
from tests.world import Customer, World


@pytest.fixture
def owner(till: Tab) -> str:
    return sign_up(till.world, "rani@pelanggan.test")


def sign_up(world: World, email: str) -> str:
    return identity.sign_up(world.env, SignUp(email, "kata-sandi-panjang", "Rani"), Device("127.0.0.1", "Firefox"))


def wants(tab: Tab, secret: str, amount: int = 50_000) -> str:
    with tab.signed_in(secret) as who:
        assert who.actor.account_id is not None
        return tab.world.wants(Customer(who.actor, who.actor.account_id, who.user.email), amount)


async def opened(tab: Tab, ref: str) -> PayState:
    card = await tab.at(PayState, f"/pay/{ref}/")
    await card.open()
    return card


async def steps(handler: Any) -> None:
    async for _ in handler:
        pass


async def test_a_stranger_sees_what_is_needed_to_pay_and_nothing_else(till: Tab, owner: str) -> None:
    card = await opened(till, wants(till, owner))
    shown = card.card
    assert (shown["total"], shown["currency"], shown["kind"], shown["status"]) == (50_000, "IDR", "qr", "pending")
    assert shown["value"].startswith("000201")
    assert (shown["member"], shown["balance"], shown["timeline"], card.worth) == (
        False,
        0,
        [],
        {"amount": 0, "currency": "IDR"},
    )


async def test_a_member_sees_the_balance_and_the_story(till: Tab, owner: str, box: Box) -> None:
    ref = wants(till, owner)
    box.pay(ref)
    with till.signed_in(owner):
        card = await opened(till, ref)
        await steps(card.check())
    assert (card.card["status"], card.card["balance"], card.card["member"]) == ("paid", 500_000, True)
    assert [line["status"] for line in card.card["timeline"]] == ["created", "pending", "paid"]
    till.world.work()
    with till.signed_in(owner):
        card = await opened(till, ref)
    assert [line["status"] for line in card.card["timeline"]] == ["created", "pending", "paid", "mailed"]
    assert (card.card["value"], card.card["qr"]) == ("", "")


async def test_somebody_elses_member_is_a_stranger_here(till: Tab, owner: str) -> None:
    ref = wants(till, owner)
    with till.signed_in(sign_up(till.world, "budi@pelanggan.test")):
        card = await opened(till, ref)
        assert (card.found, card.card["member"]) == (True, False)
        await steps(card.cancel())
        assert card.error["code"] == "not_found"
    assert till.world.payment(ref).status == "pending"


async def test_a_ref_nobody_has_is_not_found(till: Tab) -> None:
    card = await opened(till, "top_00000000000000000000000000")
    assert (card.ready, card.found, card.card) == (True, False, {})


async def test_checking_says_when_nothing_has_come_and_cannot_be_hammered(till: Tab, owner: str, box: Box) -> None:
    ref = wants(till, owner)
    card = await opened(till, ref)
    await steps(card.check())
    assert (card.card["status"], card.is_not_yet) == ("pending", True)
    box.pay(ref)
    await steps(card.check())
    assert card.card["status"] == "pending"
    till.world.later(seconds=4)
    await steps(card.check())
    assert (card.card["status"], card.is_not_yet) == ("paid", False)


async def test_a_gateway_that_does_not_answer_is_told(till: Tab, owner: str, box: Box) -> None:
    card = await opened(till, wants(till, owner))
    box.fault("empty_503")
    await steps(card.check())
    assert card.error["code"] == "gateway_unavailable"
    assert card.busy == ""


async def test_canceling_asks_first_and_retrying_makes_a_new_code(till: Tab, owner: str) -> None:
    ref = wants(till, owner)
    with till.signed_in(owner):
        card = await opened(till, ref)
        await card.ask_cancel()
        assert card.is_asking
        await card.keep()
        assert not card.is_asking
        before = card.card["value"]
        await steps(card.cancel())
        assert card.card["status"] == "canceled"
        await steps(card.retry())
    assert card.card["status"] == "pending"
    assert card.card["value"] != before


async def test_changing_the_method_keeps_the_purchase(till: Tab, owner: str) -> None:
    ref = wants(till, owner)
    with till.signed_in(owner):
        card = await opened(till, ref)
        assert "VA_BCA" in card.others
        assert "QRIS" not in card.others
        await steps(card.change("VA_BCA"))
    assert (card.card["ref"], card.card["method"], card.card["kind"]) == (ref, "VA_BCA", "va")
    assert card.card["grouped"].replace(" ", "") == card.card["value"]
    assert card.card["channels"]


async def test_a_reload_of_the_hub_returns_to_the_open_card_of_its_owner_only(till: Tab, owner: str) -> None:
    ref = wants(till, owner)
    with till.signed_in(owner):
        hub = await till.at(PlansState, f"/subscription/plans/?pay={ref}")
        await hub.open()
        assert (hub.opened, (await till.root.get_state(Asked)).ref) == ("bpp", ref)
    with till.signed_in(sign_up(till.world, "budi@pelanggan.test")):
        await hub.open()
        assert (await till.root.get_state(Asked)).ref == ""


async def test_the_hub_knows_what_is_mine_what_can_be_bought_and_what_is_to_come(
    till: Tab, owner: str, box: Box
) -> None:
    with till.signed_in(owner):
        hub = await till.at(PlansState, "/subscription/plans/?plan=bpp")
        await hub.open()
        assert {each["slug"]: each["state"] for each in hub.cards} == {
            "gratis": "current", "bpp": "available", "pro": "soon",
        }  # fmt: skip
        assert hub.opened == "bpp"
        await hub.choose("bpp")
        assert hub.opened == ""
        ref = wants(till, owner)
        box.pay(ref)
        card = await opened(till, ref)
        await steps(card.check())
        await hub.open()
    assert {each["slug"]: each["state"] for each in hub.cards} == {
        "gratis": "available", "bpp": "current", "pro": "soon",
    }  # fmt: skip


async def test_a_purchase_keeps_its_row_from_the_first_second_to_the_receipt(till: Tab, owner: str, box: Box) -> None:
    ref = wants(till, owner)
    with till.signed_in(owner):
        history = await till.at(HistoryState, "/subscription/history/")
        await history.open()
        (row,) = history.rows
        assert (row["id"], row["status"], row["posted"], row["payable"], row["balance_after"]) == (
            ref, "pending", False, True, None,
        )  # fmt: skip
        box.pay(ref)
        await steps((await opened(till, ref)).check())
        await history.reread()
        (row,) = history.rows
    assert (row["id"], row["status"], row["posted"], row["tokens"], row["balance_after"]) == (
        ref, "paid", True, 500_000, 500_000,
    )  # fmt: skip


async def test_the_overview_shows_the_newest_things_that_wait(till: Tab, owner: str) -> None:
    for amount in (25_000, 50_000, 100_000):
        wants(till, owner, amount)
    with till.signed_in(owner):
        page = await till.at(OverviewState, "/subscription/overview/")
        await page.open()
    assert [row["amount"] for row in page.waiting] == [100_000, 50_000]
    assert [each["amount"] for each in page.quick] == [25_000, 50_000, 100_000]
    session = await till.root.get_state(Session)
    assert (session.signed_in, session.balance, session.plan["slug"]) == (True, 0, "gratis")
    assert session.worth == {"amount": 0, "currency": "IDR"}


async def test_a_push_shows_its_owner_a_number_they_can_recognise_and_strangers_none(till: Tab, owner: str) -> None:
    with till.signed_in(owner) as who:
        customer = Customer(who.actor, who.actor.account_id or 0, who.user.email)
        ref = till.world.wants(customer, method="OVO", phone="+6281234567890")
        card = await opened(till, ref)
        shown = card.card
    assert (shown["kind"], shown["is_push"], shown["window_s"]) == ("push", True, 60)
    assert (shown["phone"], shown["own_phone"]) == ("0812•••••890", "81234567890")
    stranger = (await opened(till, ref)).card
    assert (stranger["kind"], stranger["phone"], stranger["own_phone"]) == ("push", "", "")


async def test_changing_to_a_push_opens_the_field_for_the_number_first(till: Tab, owner: str) -> None:
    ref = wants(till, owner)
    with till.signed_in(owner):
        card = await opened(till, ref)
        await steps(card.change("OVO"))
        assert (card.wants, card.error["code"], card.card["method"]) == ("OVO", "", "QRIS")
        await card.type_phone("021")
        await steps(card.change("OVO"))
        assert (card.wants, card.error["place"]) == ("OVO", "phone")
        await card.type_phone("0812 3456 7890")
        await steps(card.change("OVO"))
    assert (card.wants, card.card["method"], card.card["kind"]) == ("", "OVO", "push")


async def test_another_number_sends_the_push_again(till: Tab, owner: str) -> None:
    with till.signed_in(owner) as who:
        customer = Customer(who.actor, who.actor.account_id or 0, who.user.email)
        ref = till.world.wants(customer, method="OVO", phone="+6281234567890")
        card = await opened(till, ref)
        await card.type_phone("0857 1111 2222")
        await steps(card.retry())
    assert card.card["phone"] == "0857•••••222"
    assert till.world.payment(ref).reference == f"{ref}~2"


async def test_a_wallet_that_opens_on_phones_alone_brings_the_page_there(till: Tab, owner: str) -> None:
    with till.signed_in(owner) as who:
        customer = Customer(who.actor, who.actor.account_id or 0, who.user.email)
        ref = till.world.wants(customer, method="GOPAY")
        assert (await opened(till, ref)).card["qr"] == ""
        with till.world.env.db.begin() as tx:
            deeplink = {"kind": "redirect", "value": "gojek://pay", "deeplink": "gojek://pay"}
            tx.execute(update(Payment).where(col(Payment.reference) == ref).values(instruction=deeplink))
        card = await opened(till, ref)
    assert (card.card["kind"], card.card["value"]) == ("redirect", "gojek://pay")
    assert card.card["qr"].startswith("data:image/svg+xml")


async def test_an_app_is_opened_or_its_code_is_scanned(till: Tab, owner: str) -> None:
    with till.signed_in(owner) as who:
        customer = Customer(who.actor, who.actor.account_id or 0, who.user.email)
        card = await opened(till, till.world.wants(customer, method="SHOPEEPAY"))
    assert card.card["kind"] == "app"
    assert card.card["deeplink"].startswith("http")
    assert card.card["qr"].startswith("data:image/svg+xml")

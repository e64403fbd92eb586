"""A gateway that gives back whole payments only is asked for nothing else; a part goes by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_ui.rules.errors import OnlyWhole
from billing_ui.services import refund_requests
from tests.refunding import FINANCE, WHY, Refunding, comes, refunding
from tests.services.test_refunds import ask, rows
from tests.world import World


@pytest.fixture
def desk(world: World) -> Iterator[tuple[World, Refunding]]:
    with refunding(world) as both:
        yield both


def test_a_wallet_that_gives_back_all_or_nothing_is_never_asked_for_a_part(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer = world.customer()
    ref = world.wants(customer, method="LINKAJA")
    comes(world, ref)
    with pytest.raises(OnlyWhole) as refused:
        ask(world, ref, 20_000)
    assert refused.value.facts == {"maximum": 50_000, "currency": "IDR"}
    assert (gateway.asked, rows(world), world.balance(customer)) == ([], [], 500_000)
    gateway.answers = "succeeded"
    assert ask(world, ref, 50_000).status == "succeeded"
    assert world.balance(customer) == 0
    world.books_are_right()


def test_what_is_left_of_it_after_a_transfer_goes_by_hand_too(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    ref = world.wants(world.customer(), method="LINKAJA")
    comes(world, ref)
    payment = world.payment(ref).public_id
    refund_requests.record_manual(world.env, FINANCE, payment, 20_000, WHY, "BCA 0042", key="form-1")
    with pytest.raises(OnlyWhole):
        ask(world, ref, 30_000, "form-2")
    done = refund_requests.record_manual(world.env, FINANCE, payment, 30_000, WHY, "BCA 0043", key="form-3")
    assert (done.status, gateway.asked) == ("succeeded", [])

"""The price page: the same rows as the hub, the catalogue's own buttons, and a calculator for every catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlmodel import col

from billing_ui import runtime
from billing_ui.catalogues.load import load
from billing_ui.infra.db import Database
from billing_ui.models import PlanVersion
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.pricing import PricingState
from tests.state.tab import Tab, open_tab
from tests.world import World, open_world

CATALOGUES = ("makalah", "interview", "enterprise", "studio")


@pytest.fixture(params=CATALOGUES)
def any_tab(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Tab]:
    database = Database(sqlite_url)
    with open_world(database, catalogue=request.param) as world, open_tab(world) as opened:
        yield opened
    database.dispose()


async def opened(tab: Tab) -> PricingState:
    page = await tab.at(PricingState, "/pricing/")
    await page.open()
    return page


async def test_a_visitor_sees_every_plan_with_the_catalogues_own_button(tab: Tab) -> None:
    page = await opened(tab)
    assert {card["slug"]: (card["state"], card["href"]) for card in page.cards} == {
        "gratis": ("available", "/auth/"),
        "bpp": ("available", "/auth/?redirect_url=/subscription/plans"),
        "pro": ("soon", "/subscription/plans/"),
    }
    assert [card["cta"]["id"] for card in page.cards] == ["Coba Sekarang", "Pilih Paket", "Segera Hadir"]


async def test_whoever_is_signed_in_sees_their_plan_marked(tab: Tab, world: World) -> None:
    secret = identity.sign_up(world.env, SignUp("a@pelanggan.test", "kata-sandi-panjang"), Device("127.0.0.1", "x"))
    with tab.signed_in(secret):
        page = await opened(tab)
    assert {card["slug"]: card["state"] for card in page.cards}["gratis"] == "current"


async def test_the_built_page_and_the_database_say_the_same(any_tab: Tab) -> None:
    page = await any_tab.at(PricingState, "/pricing/")
    built = [page.cards, page.packages, page.dial, page.estimate, page.has_free]
    await page.open()
    assert built == [page.cards, page.packages, page.dial, page.estimate, page.has_free]
    assert page.cards


async def test_what_the_desk_changed_replaces_what_was_built(tab: Tab, world: World) -> None:
    with world.env.db.begin() as tx:
        tx.execute(update(PlanVersion).where(col(PlanVersion.slug) == "pro").values(price_amount=249_000))
    page = await opened(tab)
    assert next(card for card in page.cards if card["slug"] == "pro")["price"] == 249_000


async def test_the_calculator_answers_over_its_whole_length(any_tab: Tab) -> None:
    page = await opened(any_tab)
    dial = page.dial
    for quantity in (dial["minimum"], dial["start"], dial["maximum"]):
        await page.weigh(quantity)
        assert page.estimate["fits"], quantity
        assert page.estimate["quantity"] == quantity
        assert page.estimate["amount"] > 0


async def test_four_papers_cost_four_times_one(tab: Tab) -> None:
    page = await opened(tab)
    sums = []
    for papers in (1, 4):
        await page.weigh(papers)
        sums.append((page.estimate["amount"], page.estimate["total"], page.estimate["plan"]["id"]))
    assert sums == [(25_000, 250_000, "Bayar Per Paper"), (100_000, 1_000_000, "Bayar Per Paper")]


@pytest.mark.parametrize("wild", [-5, 0, 10**15])
async def test_numbers_beyond_the_slider_are_its_ends(tab: Tab, wild: int) -> None:
    page = await opened(tab)
    await page.weigh(wild)
    assert page.estimate["total"] in {page.dial["tokens"], page.dial["maximum"] * page.dial["tokens"]}


async def test_a_catalogue_that_counts_nothing_has_no_calculator(tab: Tab, world: World) -> None:
    bare = replace(load("makalah"), meters={})
    with runtime.use(replace(world.env, catalogue=bare)):
        page = await opened(tab)
        assert page.dial == {}
        await page.weigh(3)
        assert page.estimate == {}

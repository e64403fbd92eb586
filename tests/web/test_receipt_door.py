"""The receipt as a file: who gets it, how it is handed over, and that nobody learns of others' receipts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlmodel import col, select
from starlette.applications import Starlette

from billing_ui import runtime
from billing_ui.infra.db import Database
from billing_ui.models import Operator, Receipt, User
from billing_ui.security.wrap import wrap
from billing_ui.services import sessions
from billing_ui.services.sessions import Device
from billing_ui.web.routes import add_doors
from tests.services.test_receipts import paid
from tests.world import Customer, World, open_world

HERE = "http://127.0.0.1:3000"


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    doors = Starlette()
    add_doors(doors)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(wrap(doors)), base_url=HERE) as client:
        yield client


def cookie(world: World, customer: Customer) -> dict[str, str]:
    assert customer.actor.user_id is not None
    with world.env.db.begin() as tx:
        secret = sessions.open_session(tx, world.env, customer.actor.user_id, Device())
    return {"cookie": f"billing_session={secret}"}


def issued(world: World, customer: Customer) -> str:
    paid(world, customer)
    with world.env.db.read() as tx:
        return tx.scalars(select(col(Receipt.number))).one()


async def test_a_member_opens_the_paper(world: World, browser: httpx.AsyncClient) -> None:
    sari = world.customer()
    number = issued(world, sari)
    answer = await browser.get(f"/receipts/{number}.pdf", headers=cookie(world, sari))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == f'inline; filename="{number}.pdf"'
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"


async def test_the_reader_chooses_the_language(world: World, browser: httpx.AsyncClient) -> None:
    sari = world.customer()
    path, who = f"/receipts/{issued(world, sari)}.pdf", cookie(world, sari)
    indonesian = (await browser.get(path, headers=who)).content
    assert (await browser.get(f"{path}?lang=id", headers=who)).content == indonesian
    assert (await browser.get(f"{path}?lang=fr", headers=who)).content == indonesian
    assert (await browser.get(f"{path}?lang=en", headers=who)).content != indonesian


async def test_somebody_elses_receipt_and_none_at_all_answer_alike(world: World, browser: httpx.AsyncClient) -> None:
    number = issued(world, world.customer())
    budi = cookie(world, world.customer("budi@pelanggan.test", "Budi"))
    answers = [
        await browser.get(f"/receipts/{name}.pdf", headers=budi) for name in (number, "KW-2026-000099", "x", "%00")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, "not found\n")}


async def test_an_operator_who_may_see_accounts_sees_it(world: World, browser: httpx.AsyncClient) -> None:
    number = issued(world, world.customer())
    ayu = world.customer("ayu@meja.test", "Ayu")
    with world.env.db.begin() as tx:
        user = tx.scalars(select(User).where(col(User.email) == ayu.email)).one()
        tx.add(Operator(user_id=user.id, role="support", created_at=world.clock.now()))
    assert (await browser.get(f"/receipts/{number}.pdf", headers=cookie(world, ayu))).status_code == 200


async def test_a_stranger_signs_in_first_and_comes_back(world: World, browser: httpx.AsyncClient) -> None:
    number = issued(world, world.customer())
    for name in (number, "KW-2026-000099"):
        answer = await browser.get(f"/receipts/{name}.pdf")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/auth/?redirect_url=/receipts/{name}.pdf"

"""The history as a file: who gets it, what stands in it, that it comes in pieces of a page, and two at a time."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col
from starlette.applications import Starlette

from billing_ui import runtime
from billing_ui.infra.db import Database
from billing_ui.models import Member
from billing_ui.security.wrap import wrap
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.web import csv_file, downloads, export
from billing_ui.web.routes import add_doors
from tests.damage import break_in
from tests.metering import use as tell
from tests.queries.test_history import give, use
from tests.world import Customer, World, open_world

HERE = "http://127.0.0.1:3000"
URL = "/export/history.csv"


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


@pytest.fixture
def rani(world: World, browser: httpx.AsyncClient) -> Customer:
    """Somebody in the east, signed in in this browser."""
    wanted = SignUp(email="rani@pelanggan.test", password="sandi yang cukup panjang", name="Rani",
                    zone="Asia/Jayapura", language="en")  # fmt: skip
    secret = identity.sign_up(world.env, wanted, Device())
    browser.cookies.set("billing_session", secret)
    who = identity.find_session(world.env, secret)
    assert who is not None
    with world.env.db.read() as tx:
        account_id = tx.scalars(select(col(Member.account_id)).where(col(Member.user_id) == who.actor.user_id)).one()
    return Customer(who.actor, account_id, "rani@pelanggan.test")


class Reader:
    """Somebody who asks for the file and takes nothing of it until they may."""

    def __init__(self, cookie: str, language: str = "id") -> None:
        self.takes, self.gone, self.sent = asyncio.Event(), asyncio.Event(), asyncio.Event()
        doors = Starlette()
        add_doors(doors)
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "path": URL, "raw_path": URL.encode(), "root_path": "", "scheme": "http",
            "query_string": f"lang={language}".encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 3000),
            "headers": [(b"host", b"127.0.0.1:3000"), (b"cookie", f"billing_session={cookie}".encode())],
        }  # fmt: skip
        self.download = asyncio.create_task(wrap(doors)(scope, self._hear, self._take))

    async def _hear(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _take(self, message: Any) -> None:
        self.sent.set()
        await self.takes.wait()


def table(answer: httpx.Response) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_whoever_is_not_signed_in_does_that_first(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(URL)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/auth/?")


async def test_the_file_says_what_the_page_says_in_the_readers_language_and_the_accounts_zone(
    world: World, browser: httpx.AsyncClient, rani: Customer
) -> None:
    give(world, rani, 500, "gift")
    use(world, rani, 200, "evt-1")
    ref = world.wants(rani, amount=25_000)
    answer = await browser.get(URL, params={"lang": "en"})
    heads, *rows = table(answer)
    assert heads == [
        "Time", "Time zone", "Type", "Description", "Tokens", "Balance after", "Status", "Paid", "Currency", "Method",
        "Number",
    ]  # fmt: skip
    at = "2026-11-21T12:00:00+09:00"
    assert [row[:6] + row[10:] for row in rows] == [
        [at, "Asia/Jayapura", "Usage", "Chat", "-200", "300", "usage:evt-1"],
        [at, "Asia/Jayapura", "Adjustment", "Tokens from us", "500", "500", "grant:gift"],
        [at, "Asia/Jayapura", "Top-up", rows[2][3], "0", "", ref],
    ]
    assert answer.headers["content-disposition"] == 'attachment; filename="history-2026-11-21.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]


async def test_the_file_holds_the_current_filter_and_its_days_are_in_its_name(
    world: World, browser: httpx.AsyncClient, rani: Customer
) -> None:
    give(world, rani, 500, "gift")
    world.later(days=2)
    use(world, rani, 200, "evt-1")
    asked = {"type": "usage", "from": "2026-11-22", "to": "2026-11-23", "page": "o.1.1.", "per": "7"}
    answer = await browser.get(URL, params=asked)
    assert [row[10] for row in table(answer)[1:]] == ["usage:evt-1"]
    assert 'filename="riwayat-2026-11-22_2026-11-23.csv"' in answer.headers["content-disposition"]
    assert [row[10] for row in table(await browser.get(URL, params={"type": "refund"}))[1:]] == []


@pytest.mark.parametrize("name", ["=1+1", "+1", "-cmd|' /C calc'!A0", "@sum", "\tx"])
async def test_no_cell_becomes_a_formula(world: World, browser: httpx.AsyncClient, rani: Customer, name: str) -> None:
    """An operation that the catalogue knows no more goes by the name it was told under."""
    give(world, rani, 500, "gift")
    use(world, rani, 1, "evt-1")
    quoted = name.replace("'", "''")
    break_in(world.env.db, f"UPDATE entry SET operation = '{quoted}' WHERE operation IS NOT NULL")
    cells = [cell for row in table(await browser.get(URL)) for cell in row]
    assert f"'{name}" in cells
    assert [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t"}] == []
    assert [cell for cell in cells if cell[:1] == "-"] == ["-1"]


async def test_somebody_elses_rows_are_in_nobodys_file(
    world: World, browser: httpx.AsyncClient, rani: Customer
) -> None:
    give(world, world.customer(), 500, "foreign")
    assert len(table(await browser.get(URL))) == 1


async def test_a_long_history_comes_in_pieces_of_a_page(
    world: World, browser: httpx.AsyncClient, rani: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(world, rani, 1_000, "gift")
    for number in range(120):
        use(world, rani, 1, f"evt-{number}")
    monkeypatch.setattr(export, "_PER", 10)
    whole = table(await browser.get(URL))
    assert len(whole) == 122
    assert len({row[10] for row in whole}) == 122
    reader = csv_file.Reader(rani.account_id, "Asia/Jakarta", "id")
    pieces = [piece async for piece in export._pieces(world.env, reader, export.ListAsk(per=10))]
    assert len(pieces) == 14
    assert max(map(len, pieces)) < 2_000


@pytest.fixture
async def two(browser: httpx.AsyncClient, rani: Customer) -> AsyncIterator[list[Reader]]:
    """Two of her downloads are under way."""
    readers = [Reader(browser.cookies["billing_session"]) for _ in range(2)]
    await asyncio.gather(*(reader.sent.wait() for reader in readers))
    yield readers
    for reader in readers:
        reader.gone.set()
    await asyncio.gather(*(reader.download for reader in readers))


@pytest.mark.parametrize(
    ("language", "said", "onward"),
    [("id", "2 unduhan riwayat", "Kembali ke riwayat"), ("en", "2 downloads of this account’s", "Back to the history")],
)
async def test_a_third_download_at_a_time_is_told_to_wait_in_the_readers_language(
    browser: httpx.AsyncClient, two: list[Reader], language: str, said: str, onward: str
) -> None:
    answer = await browser.get(URL, params={"lang": language})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text and said in answer.text and onward in answer.text
    assert "content-disposition" not in answer.headers


async def test_somebody_elses_downloads_take_nobodys_place(
    world: World, browser: httpx.AsyncClient, two: list[Reader]
) -> None:
    wanted = SignUp(email="budi@pelanggan.test", password="sandi yang cukup panjang", name="Budi", zone="Asia/Jakarta",
                    language="id")  # fmt: skip
    browser.cookies.set("billing_session", identity.sign_up(world.env, wanted, Device()))
    assert (await browser.get(URL)).status_code == 200


@pytest.mark.parametrize("end", ["takes", "gone"])
async def test_a_place_is_free_again_when_a_download_ends_or_its_reader_goes_away_half_way(
    browser: httpx.AsyncClient, two: list[Reader], end: str
) -> None:
    getattr(two[0], end).set()
    await two[0].download
    for _ in range(3):
        assert (await browser.get(URL)).status_code == 200
    assert not two[1].download.done()


async def test_a_reader_who_takes_nothing_keeps_no_place_for_ever(
    browser: httpx.AsyncClient, two: list[Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PATIENCE_S", 0.05)
    two[0].gone.set()
    await two[0].download
    stalled = Reader(browser.cookies["billing_session"])
    await stalled.download
    assert (await browser.get(URL)).status_code == 200


async def test_a_use_says_what_was_done_and_what_the_plan_gave(
    world: World, browser: httpx.AsyncClient, rani: Customer
) -> None:
    tell(world, rani, "evt-1", 1_200, model="gpt-5")
    rows = table(await browser.get(URL, params={"lang": "id"}))[1:]
    assert [(row[3], row[4]) for row in rows] == [("Obrolan · gpt-5 · 1.200 token dari jatah paket", "0")]

"""The look back at use as a file: who gets it, and that it holds what the page tells, whatever its length."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import httpx
import pytest

from billing_ui.web import usage_export
from tests.metering import use
from tests.web.test_export import browser, rani, world
from tests.world import Customer, World

__all__ = ["browser", "rani", "world"]

URL = "/export/usage.csv"


def rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_stranger_is_shown_the_way_to_sign_in(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(URL)
    assert (answer.status_code, answer.headers["location"]) == (303, "/auth/?redirect_url=/usage/explore/")


async def test_the_file_holds_every_group_in_pieces_and_no_formula(
    browser: httpx.AsyncClient, world: World, rani: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_export, "_PER", 2)
    for number, session in enumerate(("=1+1", "b", "c", "d", None)):
        use(world, rani, f"e{number}", 100, session=session, at=world.clock.now() - timedelta(hours=number))
    found = rows(await browser.get(URL, params={"by": "session", "lang": "en", "range": "7d"}))
    assert found[0] == ["Session", "Tokens", "Requests", "From the balance", "Plan allowance and other",
                        "Input tokens", "Output tokens"]  # fmt: skip
    assert [row[0] for row in found[1:]] == ["", "'=1+1", "b", "c", "d"]
    assert sum(int(row[1]) for row in found[1:]) == 500


async def test_the_file_is_named_after_the_days_of_the_account(
    browser: httpx.AsyncClient, world: World, rani: Customer
) -> None:
    use(world, rani, "a", 100)
    answer = await browser.get(URL, params={"by": "operation", "op": "chat", "page": "ZGF5"})
    assert 'filename="pemakaian-2026-10-23_2026-11-21.csv"' in answer.headers["content-disposition"]
    assert rows(answer)[1] == ["Obrolan", "100", "1", "0", "100", "100", "0"]
    assert len(rows(await browser.get(URL, params={"model": "unknown"}))) == 1

"""The public check of a receipt: what the code opens, and that nothing opens without it."""

from __future__ import annotations

import pytest

from billing_ui.rules.receipts import printed
from billing_ui.services.receipts import MOST_WRONG_CODES
from billing_ui.state.receipt import ReceiptState
from tests.services.test_receipts import of, paid
from tests.state.tab import Tab
from tests.world import World


async def opened(tab: Tab, number: str, code: str = "") -> ReceiptState:
    page = await tab.at(ReceiptState, f"/receipts/{number}/" + (f"?c={code}" if code else ""))
    await page.open()
    assert page.ready
    return page


async def test_with_its_code_a_receipt_is_proven(tab: Tab, world: World) -> None:
    receipt = of(world, paid(world, world.customer()))
    for code in (receipt.check_code, printed(receipt.check_code)):
        page = await opened(tab, receipt.number, code)
        assert page.proof == {
            "number": receipt.number, "brand": "Makalah AI", "issuer": "Makalah AI", "total": 50_000, "refunded": 0,
            "currency": "IDR", "paid_at": "2026-11-21T03:00:00+00:00", "zone": "Asia/Jakarta", "standing": "valid",
        }  # fmt: skip
        assert page.error["code"] == ""


async def test_without_a_code_nothing_is_told(tab: Tab, world: World) -> None:
    receipt = of(world, paid(world, world.customer()))
    page = await opened(tab, receipt.number)
    assert (page.number, page.proof, page.error["code"]) == (receipt.number, {}, "")


async def test_a_wrong_code_and_a_number_nobody_has_answer_alike(tab: Tab, world: World) -> None:
    receipt = of(world, paid(world, world.customer()))
    for number in (receipt.number, "KW-2026-000099", "KW-2026-1", "x"):
        page = await opened(tab, number, "0000000000")
        assert (page.proof, page.error["code"]) == ({}, "bad_code")


async def test_what_was_proven_is_gone_when_another_receipt_is_asked_for(tab: Tab, world: World) -> None:
    receipt = of(world, paid(world, world.customer()))
    await opened(tab, receipt.number, receipt.check_code)
    assert (await opened(tab, "KW-2026-000099")).proof == {}


async def test_whoever_tries_codes_is_stopped_for_a_while_and_right_ones_do_not_count(tab: Tab, world: World) -> None:
    receipt = of(world, paid(world, world.customer()))
    for _ in range(MOST_WRONG_CODES + 5):
        assert (await opened(tab, receipt.number, receipt.check_code)).proof
    for _ in range(MOST_WRONG_CODES):
        assert (await opened(tab, receipt.number, "0000000000")).error["code"] == "bad_code"
    page = await opened(tab, receipt.number, receipt.check_code)
    assert (page.proof, page.error["code"]) == ({}, "too_many_tries")
    world.later(minutes=16)
    assert (await opened(tab, receipt.number, receipt.check_code)).proof


@pytest.mark.parametrize("number", ["%00", "..%2f", "KW-2026-000001%20", "a" * 1_000])
async def test_an_address_made_up_is_only_a_wrong_one(tab: Tab, number: str) -> None:
    page = await opened(tab, number, "0000000000")
    assert (page.number, page.error["code"]) == ("", "bad_code")

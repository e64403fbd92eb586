"""Two web processes behind one address: whichever of them is asked, people meet one product."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy.engine import URL

from tests.journeys.desk import OVERVIEW, PASSWORD, Desk, new_address, sign_up
from tests.journeys.two_processes import FIRST, SECOND, Pair, running_pair
from tests.servers import RedisProcess, database
from tests.stack import visit

pytestmark = pytest.mark.journey

AT_ONCE_S = 3
AFTER_A_FALL_MS = 30_000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres_server: URL, postgres_template: str) -> Iterator[Pair]:
    redis = RedisProcess()
    redis.start()
    try:
        with (
            database(postgres_server, postgres_template) as url,
            running_pair(tmp_path_factory.mktemp("pair"), url, redis) as running,
        ):
            yield running
    finally:
        redis.stop()


@pytest.fixture
def customer(person: BrowserContext, pair: Pair) -> Desk:
    """Somebody new whose pages hang on the first process."""
    pair.balancer.lines_to = FIRST
    pair.balancer.asked.clear()
    return sign_up(person, pair.stack)


def test_a_page_on_one_process_moves_when_the_webhook_reaches_the_other(customer: Desk, pair: Pair) -> None:
    overview = customer.beside()
    overview.goes_to(OVERVIEW)
    ref = customer.asks_for(50_000)
    assert pair.asked("/_event") == {FIRST}, "both pages hang on the first process"
    told = pair.gateway.pay(ref)  # the sandbox tells the second process
    assert [one["status"] for one in told["deliveries"]] == [200]
    customer.awaits_status("paid", AT_ONCE_S)
    overview.awaits_balance(500_000, AT_ONCE_S)


def test_pages_on_both_processes_show_the_same(customer: Desk, pair: Pair) -> None:
    ref = customer.asks_for(25_000)
    pair.balancer.lines_to = SECOND
    beside = customer.beside()
    beside.goes_to(f"/pay/{ref}/")
    beside.awaits_status("pending")
    assert pair.asked("/_event") == {FIRST, SECOND}
    customer.clicks("pay-cancel")
    customer.clicks("pay-cancel-yes")
    customer.awaits_status("canceled")
    beside.awaits_status("canceled")


def test_who_signs_in_at_one_process_is_known_at_the_other_and_signing_out_ends_both(pair: Pair) -> None:
    first, second = pair.urls
    email, own = new_address(), {"Origin": pair.balancer.url}
    new = {"email": email, "password": PASSWORD, "name": "Ratna", "zone": "Asia/Jakarta", "language": "id"}
    with httpx.Client() as browser:
        assert browser.post(f"{second}/session/sign-up", data=new, headers=own).status_code == 303
        browser.cookies.clear()
        entered = browser.post(f"{first}/session/sign-in", data={"email": email, "password": PASSWORD}, headers=own)
        assert (entered.status_code, "error" in entered.headers["location"]) == (303, False)
        for url in (first, second):
            assert browser.get(f"{url}/export/history.csv").status_code == 200
        kept = dict(browser.cookies)
        assert browser.post(f"{second}/session/sign-out", headers=own).status_code == 303
        for url in (first, second):
            told = httpx.get(f"{url}/export/history.csv", cookies=kept)
            assert (told.status_code, told.headers["location"][:6]) == (303, "/auth/")


def test_every_request_may_go_to_the_other_process(customer: Desk, pair: Pair) -> None:
    customer.goes_to(OVERVIEW)
    assert {which for which, what in pair.balancer.asked if "/_event" not in what} == {FIRST, SECOND}


def test_a_page_whose_process_dies_lives_on_with_the_other(customer: Desk, pair: Pair) -> None:
    ref = customer.asks_for(25_000)
    pair.webs[FIRST].kill()
    try:
        pair.gateway.pay(ref)
        shown = customer.page.get_by_test_id("pay-status")
        expect(shown).to_have_attribute("data-status", "paid", timeout=AFTER_A_FALL_MS)
        assert pair.asked("/_event") == {FIRST, SECOND}
        visit(customer.page, pair.balancer.url + OVERVIEW)
        customer.awaits_balance(250_000)
    finally:
        pair.comes_back(FIRST)

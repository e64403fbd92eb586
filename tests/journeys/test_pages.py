"""Every page in every look: nothing axe objects to, nothing wider than the screen, nothing heavier than promised."""

import json

import pytest
from playwright.sync_api import Browser, Response

from tests.journeys.desk import HISTORY, OVERVIEW, PLANS, TOPUP, Desk
from tests.journeys.looks import faults
from tests.stack import Stack
from tests.stops import STOPS, Stop
from tests.tour import go, visitor

pytestmark = pytest.mark.journey

SHIFT_BUDGET = 0.05
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifted += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
"""
JS_BUDGET, CSS_BUDGET = 175_000, 12_000
ROLES = [role or "visitor" for role in dict.fromkeys(stop.role for stop in STOPS)]


def stops_of(role: str) -> list[Stop]:
    return [stop for stop in STOPS if (stop.role or "visitor") == role]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_for_everybody(browser: Browser, stack: Stack, role: str) -> None:
    found: dict[str, list[str]] = {}
    with visitor(browser, stack, None if role == "visitor" else role, (1280, "system", "id")) as page:
        for stop in stops_of(role):
            go(page, stack, stop)
            found[stop.name] = faults(page)
    assert not any(found.values()), json.dumps(found, indent=2)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_light(browser: Browser, stack: Stack, role: str) -> None:
    """What the browser downloads before the page is live, as it travels: compressed."""
    weights: dict[str, tuple[int, int]] = {}
    for stop in stops_of(role):
        with visitor(browser, stack, None if role == "visitor" else role, (360, "light", "id")) as page:
            got: list[Response] = []
            page.on("response", lambda response, got=got: got.append(response))
            page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
            go(page, stack, Stop(stop.name, stop.path, stop.role))
            weights[stop.name] = (weight(got, ".js"), weight(got, ".css"))
    heavy = {name: both for name, both in weights.items() if both[0] > JS_BUDGET or both[1] > CSS_BUDGET}
    assert weights
    assert heavy == {}


def test_nothing_jumps_while_a_page_comes_to_life_beside_a_banner(customer: Desk) -> None:
    """The page learns of the banner with its first data; it keeps the room that the banner took the last time."""
    page = customer.page
    page.set_viewport_size({"width": 360, "height": 800})
    customer.goes_to(OVERVIEW)
    page.get_by_test_id("banner").wait_for()
    page.add_init_script(SHIFTS)
    shifted = {}
    for path in (OVERVIEW, PLANS, TOPUP, HISTORY):
        customer.goes_to(path)
        page.get_by_test_id("banner").wait_for()
        page.wait_for_timeout(300)
        shifted[path] = page.evaluate("window.shifted")
    assert max(shifted.values()) <= SHIFT_BUDGET, shifted


def weight(got: list[Response], ending: str) -> int:
    wanted = [one for one in got if one.ok and one.url.split("?")[0].endswith(ending)]
    assert wanted, ending
    return sum(one.request.sizes()["responseBodySize"] for one in wanted)

"""Language and theme are switched in the browser, at once, and stay; the top bar holds on the narrowest screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk import OVERVIEW, PHONE, Desk, Frames

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", [OVERVIEW, "/pricing/"])
def test_language_and_theme_switch_without_asking_the_server_and_are_remembered(customer: Desk, path: str) -> None:
    page, line = customer.page, Frames.of(customer.page)
    customer.goes_to(path)
    looks(page, "id", "light")
    in_indonesian = page.locator("main").inner_text()
    page.wait_for_timeout(500)  # what belongs to opening the page is over by then
    assert line.all
    line.clear()

    customer.clicks("theme-dark")
    customer.clicks("lang-en")
    looks(page, "en", "dark")
    in_english = page.locator("main").inner_text()
    assert in_english != in_indonesian
    # The page asks nothing; of somebody signed in it tells the language, for the mails.
    assert [frame for frame in line.sent if "pick_language" not in frame] == []

    page.reload()
    page.locator("main[data-ready=true]").wait_for()
    looks(page, "en", "dark")
    assert page.locator("main").inner_text() == in_english

    customer.clicks("lang-id")
    customer.clicks("theme-light")
    looks(page, "id", "light")
    assert page.locator("main").inner_text() == in_indonesian


def looks(page: Page, language: str, theme: str) -> None:
    root = page.locator("html")
    expect(root).to_have_attribute("lang", language)
    expect(page.get_by_test_id(f"lang-{language}").locator("visible=true").first).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(root).to_have_css("color-scheme", theme)


@pytest.mark.parametrize("digits", [1, 6, 11, 15])
def test_beside_a_long_balance_the_brand_keeps_its_mark_and_breaks_no_name(
    seat: Callable[..., Desk], digits: int
) -> None:
    page = seat("customer", PHONE).page
    page.evaluate("(words) => { document.querySelector('.topbar .balance-chip span').textContent = words }",
                  f"{int('9' * digits):,} token".replace(",", "."))  # fmt: skip
    wide, mark, name = page.evaluate("""() => {
      const bar = document.querySelector('.topbar .brand').getBoundingClientRect();
      const inside = (one) => {
        const at = document.querySelector(one).getBoundingClientRect();
        return [at.top >= bar.top && at.bottom <= bar.bottom && at.right <= bar.right, at.top >= bar.bottom];
      };
      return [document.documentElement.scrollWidth, inside('.topbar .brand img'), inside('.topbar .brand span')];
    }""")
    assert (wide, mark) == (360, [True, False])
    assert name == [digits <= 6, digits > 6], "the whole name or none of it"

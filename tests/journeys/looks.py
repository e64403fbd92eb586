"""Every look of an open page: two widths, two themes, two languages. Nothing is loaded again between them."""

from itertools import product
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.tour import LANGUAGES, THEMES, TOO_WIDE, WIDTHS

_SPEAK = "(to) => dispatchEvent(new StorageEvent('storage', { key: 'lang', newValue: to }))"
_HEADINGS = "[...document.querySelectorAll('h1')].filter((each) => each.checkVisibility()).length"
# Chromium leaves parts it does not paint in their old colours until somebody asks, and never ends what moves there.
_AT_REST = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let round = 0; round < 2; round += 1) {
    await frame();
    document.querySelectorAll("*").forEach((each) => getComputedStyle(each).color);
    document.getAnimations().forEach((each) => { try { each.finish(); } catch { each.cancel(); } });
  }
  await frame();
}"""
DESK = {"width": 1280, "height": 900}


def _told(fault: Any) -> str:
    node = fault["nodes"][0]
    return f"{fault['id']}: {node['html'][:120]} ({node['failureSummary'][:300]})"


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands. Its theme must be the system's, and nothing on it may move: colours on
    their way from one look to the next belong to neither."""
    axe, found = Axe(), []
    for width, theme, language in product(WIDTHS, THEMES, LANGUAGES):
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        page.evaluate(_SPEAK, language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("html")).to_have_css("color-scheme", theme)
        page.evaluate(_AT_REST)
        seen = [_told(fault) for fault in axe.run(page).response["violations"]]
        seen += ["wider than the screen"] if page.evaluate(TOO_WIDE) else []
        seen += [] if page.evaluate(_HEADINGS) == 1 else ["not exactly one h1"]
        found += [f"{width} {theme} {language}: {one}" for one in seen]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.evaluate(_SPEAK, "id")
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    return found

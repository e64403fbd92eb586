"""`make tour`: a picture of every page, on a phone and a desk, light and dark, in both languages, into .tour/."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.scenes import staged
from tests.stack import ROOT, Stack, chromium, running_demo, sign_in, visit
from tests.stops import STOPS, Stop

FOLDER = ROOT / ".tour"
WIDTHS = {360: 800, 1280: 900}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SETTLES_MS = 400
THEMES = ("light", "dark")
LANGUAGES = ("id", "en")


def main() -> int:
    wanted = set(sys.argv[1:])
    shutil.rmtree(FOLDER, ignore_errors=True)
    faults: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="billing-ui-tour-") as folder,
        running_demo(Path(folder)) as stack,
        chromium() as browser,
    ):
        known = {stop.name for stop in STOPS}
        every = [*STOPS, *([] if wanted and wanted <= known else staged(browser, stack))]
        stops = [stop for stop in every if not wanted or stop.name in wanted]
        for look in product(WIDTHS, THEMES, LANGUAGES):
            faults += _round(browser, stack, stops, look)
    sys.stdout.write(f"{len(list(FOLDER.rglob('*.png')))} pictures in {FOLDER}\n")
    sys.stderr.writelines(f"not right: {line}\n" for line in faults)
    return 1 if faults else 0


def _round(browser: Browser, stack: Stack, stops: list[Stop], look: tuple[int, str, str]) -> list[str]:
    """All pages in one look; who signs in stays signed in for the round."""
    faults = []
    for role in dict.fromkeys(stop.role for stop in stops):
        with visitor(browser, stack, role, look) as page:
            for stop in (stop for stop in stops if stop.role == role):
                try:
                    _picture(page, stack, stop, look)
                    if page.evaluate(TOO_WIDE):
                        faults.append(f"{stop.name} {look}: wider than the screen")
                except Error as error:  # one bad page must not hide the others
                    faults.append(f"{stop.name} {look}: {str(error).splitlines()[0]}")
    return faults


@contextmanager
def visitor(browser: Browser, stack: Stack, role: str | None, look: tuple[int, str, str]) -> Iterator[Page]:
    """A person with a device of a certain look, signed in if the page asks for it."""
    width, theme, language = look
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="id-ID" if language == "id" else "en-GB",
        timezone_id="Asia/Jakarta",
    )
    context.set_default_timeout(15_000)
    context.add_init_script(f"localStorage.setItem('lang', '{language}'); localStorage.setItem('theme', '{theme}')")
    yield sign_in(context, stack, role) if role else context.new_page()
    context.close()


def go(page: Page, stack: Stack, stop: Stop) -> None:
    """Opens the page, does the clicks, and waits until all that moves has come to rest."""
    visit(page, stack.app_url + stop.path)
    for test_id in stop.clicks:
        page.get_by_test_id(test_id).locator("visible=true").first.click()
    page.wait_for_timeout(SETTLES_MS)
    page.locator("main[data-ready=true]").wait_for()


def _picture(page: Page, stack: Stack, stop: Stop, look: tuple[int, str, str]) -> None:
    width, theme, language = look
    go(page, stack, stop)
    folder = FOLDER / f"{width}-{theme}-{language}"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{stop.name}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())

"""What surrounds every page: stylesheets, the head, and our words where the framework would speak its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from billing_ui.components.action import button
from billing_ui.components.notice import connection
from billing_ui.components.text import t
from billing_ui.components.verdict import terminal_state
from billing_ui.i18n import DEFAULT_LANGUAGE, write_browser_catalogues

STYLESHEETS: Final = ["/tokens.css", "/ui.css"]
HTML_LANGUAGE: Final = DEFAULT_LANGUAGE

# Before the first paint: the language of an English reader, the room of the banner that stood there last time, and
# whether a host page frames us.
_FIRST_WORDS: Final = """\
try{var d=document.documentElement;if(localStorage.getItem("lang")==="en"){d.lang="en";d.dataset.langPending=""}\
var s=localStorage.getItem("slot");if(s>0)d.style.setProperty("--slot",s+"px");\
if(window.top!==window.self)d.dataset.framed=""}catch(e){}"""


def head() -> list[rx.Component]:
    """For `rx.App(head_components=…)`."""
    return [
        rx.el.script(_FIRST_WORDS),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(
            rel="preload",
            href="/fonts/plus-jakarta-sans.woff2",
            custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
        ),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="theme-color", content="#faf9f6"),
    ]


def app_wraps() -> dict[tuple[int, str], Callable[[bool], rx.Component | None]]:
    """For `rx.App(app_wraps=…)`: a calm error page and our own line about the connection."""
    return {
        (55, "ErrorBoundary"): lambda stateful: ErrorBoundary.create(
            fallback_render=rx.Var.create(broken_page()), **({} if stateful else {"on_error": rx.noop()})
        ),
        # A wrap receives the page as its child, so the line needs a fragment around it.
        (5, "Overlay"): lambda stateful: rx.fragment(connection_line()) if stateful else None,
    }


@rx.memo
def connection_line() -> rx.Component:
    """A component of its own, because it listens to the socket's context, which begins below the app's root."""
    return connection()


def broken_page() -> rx.Component:
    """Shown when a page fails to draw: no stack, no technical words, and what it means for the money."""
    return rx.el.main(
        terminal_state(
            "err.title",
            t("err.page_body"),
            tone="bad",
            icon_name="alert",
            level=1,
            actions=(button("app.reload", on_click=rx.call_script("location.reload()")),),
        ),
        class_name="page",
        custom_attrs={"data-testid": "error", "data-code": "page"},
    )


def prepare(assets: Path) -> None:
    """Called once when the app is composed: puts the catalogues where the browser's code imports them."""
    write_browser_catalogues(assets)

"""Every address of the product, its page, and what is read when it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from billing_ui.i18n import DEFAULT_LANGUAGE
from billing_ui.i18n.load import text
from billing_ui.pages import history, overview, pay, plans, topup
from billing_ui.state.history import HistoryState
from billing_ui.state.overview import OverviewState
from billing_ui.state.pay import PayState
from billing_ui.state.plans import PlansState
from billing_ui.state.topup import TopupState


@dataclass(frozen=True)
class Page:
    """One address. `title` is a key of the catalogue; private pages tell search engines to stay away."""

    route: str
    draw: Callable[[], rx.Component]
    title: str
    on_load: list[Any] = field(default_factory=list)
    is_private: bool = True


_PRIVATE = [{"name": "robots", "content": "noindex"}, {"name": "referrer", "content": "no-referrer"}]

PAGES = (
    Page("/subscription/overview", overview.page, "overview.title", [OverviewState.open]),
    Page("/subscription/plans", plans.page, "plans.title", [PlansState.open]),
    Page("/subscription/topup", topup.page, "topup.title", [TopupState.open]),
    Page("/subscription/history", history.page, "hist.title", [HistoryState.open]),
    Page("/pay/[ref]", pay.page, "pay.page", [PayState.open]),
)


def add_pages(app: rx.App) -> None:
    for page in PAGES:
        app.add_page(
            page.draw,
            route=page.route,
            title=text(DEFAULT_LANGUAGE, page.title),
            on_load=page.on_load,
            meta=list(_PRIVATE) if page.is_private else [],
        )

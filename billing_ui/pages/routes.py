"""Every address of the product, its page, and what is read when it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from billing_ui.i18n import DEFAULT_LANGUAGE
from billing_ui.i18n.load import text
from billing_ui.pages import (
    auth,
    history,
    not_found,
    overview,
    pay,
    plans,
    pricing,
    receipt,
    reset,
    settings,
    topup,
    usage,
    usage_explore,
    verify,
)
from billing_ui.pages.admin import home, keys, payment, payments
from billing_ui.state.admin_desk import AdminDesk, AdminHome
from billing_ui.state.admin_dispute import AdminDispute
from billing_ui.state.admin_key_acts import AdminKeyEnd, AdminKeyNew
from billing_ui.state.admin_keys import AdminKeys
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.admin_payments import AdminPayments
from billing_ui.state.admin_refund import AdminRefund
from billing_ui.state.admin_resolve import AdminResolve
from billing_ui.state.auth import AuthState, ResetState, VerifyState
from billing_ui.state.history import HistoryState
from billing_ui.state.overview import OverviewState
from billing_ui.state.pay import PayState
from billing_ui.state.plans import PlansState
from billing_ui.state.pricing import PricingState
from billing_ui.state.receipt import ReceiptState
from billing_ui.state.settings import SettingsState
from billing_ui.state.topup import TopupState
from billing_ui.state.usage import UsageState
from billing_ui.state.usage_explore import UsageExploreState


@dataclass(frozen=True)
class Page:
    """One address. `title` is a key of the catalogue; private pages tell search engines to stay away."""

    route: str
    draw: Callable[[], rx.Component]
    title: str
    on_load: list[Any] = field(default_factory=list)
    is_private: bool = True


# Nothing of an address leaves this site. (`no-referrer` would also hide the origin of our own forms from our doors.)
_PRIVATE = [{"name": "robots", "content": "noindex"}, {"name": "referrer", "content": "same-origin"}]

PAGES = (
    Page("/pricing", pricing.page, "nav.pricing", [PricingState.open], is_private=False),
    Page("/auth", auth.page, "nav.signin", [AuthState.open]),
    Page("/auth/reset", reset.page, "auth.reset_title", [ResetState.open]),
    Page("/auth/verify", verify.page, "auth.verify_title", [VerifyState.open]),
    Page("/subscription/overview", overview.page, "overview.title", [OverviewState.open]),
    Page("/subscription/plans", plans.page, "plans.title", [PlansState.open]),
    Page("/subscription/topup", topup.page, "topup.title", [TopupState.open]),
    Page("/subscription/history", history.page, "hist.title", [HistoryState.open]),
    Page("/usage", usage.page, "usage.title", [UsageState.open]),
    Page("/usage/explore", usage_explore.page, "usage.explore", [UsageExploreState.open]),
    Page("/settings", settings.page, "set.title", [SettingsState.open]),
    Page("/pay/[ref]", pay.page, "pay.page", [PayState.open]),
    Page("/admin", home.page, "nav.desk", [AdminDesk.enter, AdminHome.open]),
    Page("/admin/payments", payments.page, "adm.payments", [AdminDesk.enter, AdminPayments.open]),
    Page(
        "/admin/payments/[pid]",
        payment.page,
        "adm.payment",
        [AdminDesk.enter, AdminPayment.open, AdminResolve.close, AdminRefund.close, AdminDispute.close],
    ),
    Page("/admin/keys", keys.page, "adm.keys", [AdminDesk.enter, AdminKeys.open, AdminKeyNew.close, AdminKeyEnd.close]),
    Page("/receipts/[number]", receipt.page, "receipt.page", [ReceiptState.open]),
    Page("404", not_found.page, "err.404"),
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

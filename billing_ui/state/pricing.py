"""The price page: what is sold, for somebody who may have no account yet, and what a month would cost them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.overview import head
from billing_ui.queries.plans import PackageView, PlanCardView, cards, packages
from billing_ui.rules.estimates import cheapest
from billing_ui.rules.plans import card_state
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.calculator import any_amount, dial, need, offered
from billing_ui.state.plans import card_label, package_label
from billing_ui.state.session import enter


@dataclass(frozen=True, slots=True)
class _Shown:
    cards: tuple[PlanCardView, ...]
    packages: tuple[PackageView, ...]
    current: str | None


class PricingState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    cards: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    packages: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    dial: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    estimate: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @policy("public")
    async def open(self) -> None:
        who = viewer(self)
        account_id = who.actor.account_id if who else None
        await enter(self, {PricingState: lambda: _read(account_id)})
        self.ready = True

    @rx.event(supersedes=True)
    @policy("public")
    async def weigh(self, quantity: int) -> None:
        """The calculator's slider has come to rest."""
        shown = await runtime.run(_read, None)
        self.estimate = _estimate(shown, quantity)

    def _show(self, shown: _Shown) -> None:
        self.cards = [_card(plan, shown.current) for plan in shown.cards]
        self.packages = [package_label(each) for each in shown.packages]
        self.dial = dial(runtime.env().catalogue, shown.cards)
        if self.dial and not self.estimate:
            self.estimate = _estimate(shown, self.dial["start"])


def _card(plan: PlanCardView, current: str | None) -> dict[str, Any]:
    """The hub's card, with the catalogue's own button; a subscription can be wished for before it can be bought."""
    lowest = min((option.amount for option in plan.options), default=0)
    return {
        **card_label(plan, current),
        "state": card_state(plan.slug, is_disabled=plan.is_disabled, current=current),
        "cta": plan.cta_text.pair(),
        "href": plan.cta_href,
        "lowest": lowest,
        "trial": plan.trial_days,
    }


def _estimate(shown: _Shown, quantity: int) -> dict[str, Any]:
    catalogue = runtime.env().catalogue
    wanted = need(catalogue, shown.cards, quantity)
    if wanted is None:
        return {}
    found = cheapest(wanted, offered(shown.cards, shown.packages), any_amount(catalogue))
    plan = next((plan for plan in shown.cards if found is not None and plan.slug == found.slug), None)
    return {
        "fits": plan is not None,
        "free": plan is not None and plan.kind == "free",
        "plan": plan.name.pair() if plan else {},
        "amount": found.amount if found else 0,
        "currency": catalogue.currency,
        "total": wanted.quantity,
        "quantity": quantity,
    }


def _read(account_id: int | None) -> _Shown:
    with runtime.env().db.read() as tx:
        current = head(tx, account_id).plan_slug if account_id is not None else None
        return _Shown(cards(tx), packages(tx), current)

"""The price page: what is sold, for somebody who may have no account yet, and what a month would cost them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.overview import head
from billing_ui.queries.plans import PlanCardView, cards, packages
from billing_ui.rules.estimates import cheapest
from billing_ui.rules.plans import card_state
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.calculator import any_amount, dial, need, offered
from billing_ui.state.plans import card_label, package_label
from billing_ui.state.session import enter
from billing_ui.state.shelf import Shelf, as_filed


def _filed() -> Shelf:
    return as_filed(runtime.env().catalogue)


class PricingState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    cards: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=lambda: _cards(_filed()))
    packages: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=lambda: _packages(_filed()))
    has_free: rx.Field[bool] = rx.field(default_factory=lambda: _has_free(_filed()))
    dial: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: _dial(_filed()))
    estimate: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: _first_estimate(_filed()))

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
        self.estimate = _estimate(await runtime.run(_read, None), quantity)

    def _show(self, shelf: Shelf) -> None:
        self.cards, self.packages, self.dial = _cards(shelf), _packages(shelf), _dial(shelf)
        self.has_free = _has_free(shelf)


def _cards(shelf: Shelf) -> list[dict[str, Any]]:
    return [_card(plan, shelf) for plan in shelf.cards]


def _card(plan: PlanCardView, shelf: Shelf) -> dict[str, Any]:
    """The hub's card, with the catalogue's own button; a subscription can be wished for before it can be bought."""
    stands_alone = len(shelf.cards) == 1
    return {
        **card_label(plan, shelf.current),
        "state": card_state(plan.slug, is_disabled=plan.is_disabled, current=shelf.current),
        "cta": plan.cta_text.pair(),
        "href": plan.cta_href,
        "lowest": min((each.amount for each in plan.options or shelf.packages), default=0),
        # Where there is nothing to compare with, nothing is the most popular.
        "highlighted": plan.is_highlighted and not stands_alone,
        "first": plan.is_highlighted or stands_alone,
    }


def _packages(shelf: Shelf) -> list[dict[str, Any]]:
    return [package_label(each) for each in shelf.packages]


def _has_free(shelf: Shelf) -> bool:
    return any(plan.kind == "free" and not plan.is_disabled for plan in shelf.cards)


def _dial(shelf: Shelf) -> dict[str, Any]:
    return dial(runtime.env().catalogue, shelf.cards)


def _first_estimate(shelf: Shelf) -> dict[str, Any]:
    return _estimate(shelf, int(_dial(shelf).get("start", 0)))


def _estimate(shelf: Shelf, quantity: int) -> dict[str, Any]:
    catalogue = runtime.env().catalogue
    wanted = need(catalogue, shelf.cards, quantity)
    if wanted is None:
        return {}
    found = cheapest(wanted, offered(shelf.cards, shelf.packages), any_amount(catalogue))
    plan = next((plan for plan in shelf.cards if found is not None and plan.slug == found.slug), None)
    return {
        "fits": plan is not None,
        "free": plan is not None and plan.kind == "free",
        "plan": plan.name.pair() if plan else {},
        "amount": found.amount if found else 0,
        "currency": catalogue.currency,
        "total": wanted.quantity,
        "quantity": quantity,
    }


def _read(account_id: int | None) -> Shelf:
    with runtime.env().db.read() as tx:
        current = head(tx, account_id).plan_slug if account_id is not None else None
        return Shelf(cards(tx), packages(tx), current)

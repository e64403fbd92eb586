"""The plans hub: every plan on offer, which one is the account's, and the card that is paid in place."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.overview import head
from billing_ui.queries.plans import PackageView, PlanCardView, cards, packages
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.pay import PayState
from billing_ui.state.session import enter
from billing_ui.state.topup import Asked, TopupState


class PlansState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    cards: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    packages: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    opened: rx.Field[str] = rx.field("")

    @rx.event
    @policy("user")
    async def open(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id = who.actor.account_id
        wishes = self.router.url.query_parameters
        await enter(self, {PlansState: lambda: _read(account_id)})
        await (await self.get_state(TopupState))._open(wishes, also=True)
        wished = wishes.get("plan", "")
        self.opened = wished if any(each["slug"] == wished and each["sells"] for each in self.cards) else ""
        ref = wishes.get("pay", "")
        if ref:
            await self._reopen(ref)
        self.ready = True

    @rx.event
    @policy("user")
    async def choose(self, slug: str) -> None:
        """Opens the amounts of a plan inside its card; once more closes them."""
        (await self.get_state(Asked)).ref = ""
        self.opened = "" if slug == self.opened else slug

    @rx.event
    @policy("user")
    async def start_over(self) -> None:
        """Back from the payment card to the amounts."""
        await (await self.get_state(TopupState))._open({}, also=True)

    @rx.event
    @policy("user")
    async def look_again(self) -> None:
        """A tab that was hidden reads anew; what the customer had chosen stays."""
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id, asked = who.actor.account_id, (await self.get_state(Asked)).ref
        await enter(self, {PlansState: lambda: _read(account_id)}, also=True)
        if asked:
            await (await self.get_state(PayState))._open(asked, also=True)

    async def _reopen(self, ref: str) -> None:
        """The address of a reload names the payment that was open; only a member's own is opened here."""
        card = await self.get_state(PayState)
        await card._open(ref, also=True)
        if card.found and card.card["member"]:
            (await self.get_state(Asked)).ref = ref
            self.opened = next((each["slug"] for each in self.cards if each["sells"]), "")

    def _show(self, shown: tuple[tuple[PlanCardView, ...], tuple[PackageView, ...], str]) -> None:
        offered, alone, current = shown
        self.cards = [card_label(each, current, alone) for each in offered]
        self.packages = [package_label(each) for each in alone]


def card_label(plan: PlanCardView, current: str | None, alone: tuple[PackageView, ...] = ()) -> dict[str, Any]:
    """A plan's card in the hub. Only prepaid plans can be bought from here today; others say when they come."""
    sells = bool(plan.options) and not plan.is_disabled
    if plan.slug == current:
        state = "current"
    else:
        state = "available" if sells or (plan.kind == "free" and not plan.is_disabled) else "soon"
    return {
        "slug": plan.slug, "name": plan.name.pair(), "tagline": plan.tagline.pair(), "price": plan.price_amount,
        "currency": plan.currency, "unit": plan.price_unit.pair(), "features": [each.pair() for each in plan.features],
        "state": state, "highlighted": plan.is_highlighted, "sells": sells, "kind": plan.kind,
        "included": plan.included_tokens,
        "lowest": min((each.amount for each in plan.options or alone), default=0),
    }  # fmt: skip


def package_label(package: PackageView) -> dict[str, Any]:
    return {
        "slug": package.slug, "label": package.label.pair(), "amount": package.amount, "currency": package.currency,
        "tokens": package.tokens, "bonus": package.bonus_tokens, "days": package.validity_days or 0,
        "popular": package.is_popular,
    }  # fmt: skip


def _read(account_id: int) -> tuple[tuple[PlanCardView, ...], tuple[PackageView, ...], str]:
    with runtime.env().db.read() as tx:
        return cards(tx), packages(tx), head(tx, account_id).plan_slug

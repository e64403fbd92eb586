"""Choosing an amount and a method, and asking for the code. Serves /subscription/topup and the plans hub."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.infra.db import Tx
from billing_ui.kit.amount import Amount
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.queries.plans import PackageView, plan_by_slug
from billing_ui.queries.topups import last_method, last_phone, unfinished
from billing_ui.rules.errors import BillingError
from billing_ui.rules.methods import METHODS
from billing_ui.rules.phones import national
from billing_ui.rules.topups import FeePayer, Quote, Way, way
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services.plans import topup_plan
from billing_ui.services.topups import RequestTopup, request
from billing_ui.services.wishes import price, terms
from billing_ui.state.feedback import FOCUS_PHONE, NOTHING, told
from billing_ui.state.pay import PayState
from billing_ui.state.session import enter
from billing_ui.state.topup_labels import in_groups, option, quoted, waiting

_LONGEST_PHONE = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form needs: the amounts on sale, how this account paid last, what it has not finished."""

    options: tuple[PackageView, ...]
    last_method: str | None
    last_phone: str | None
    unfinished: PaymentView | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an amount comes to: by every method, and in full by the one that is chosen, or why it has no price."""

    ways: tuple[Way, ...]
    fee_payer: FeePayer
    method: str
    priced: Quote | None = None
    problem: BillingError | None = None


class TopupState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    options: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    custom: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    groups: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    amount: rx.Field[int] = rx.field(0)
    is_other: rx.Field[bool] = rx.field(False)
    method: rx.Field[str] = rx.field("")
    phone: rx.Field[str] = rx.field("")
    quote: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    unfinished: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    _form_key: str = ""

    @rx.event
    @policy("user")
    async def open(self) -> None:
        await self._open(self.router.url.query_parameters)

    @rx.event
    @policy("user")
    async def look_again(self) -> None:
        """A tab that was hidden reads anew; what the customer had chosen stays."""
        who = viewer(self)
        if who is not None and who.actor.account_id is not None:
            account_id = who.actor.account_id
            await enter(self, {TopupState: lambda: read(account_id)}, also=True)

    @rx.event
    @policy("user")
    async def pick_amount(self, amount: int) -> None:
        self.is_other = False
        await self._choose(amount, self.method)

    @rx.event
    @policy("user")
    async def pick_other(self) -> None:
        self.is_other = True
        await self._choose(self.amount or int(self.custom.get("minimum", 0)), self.method)

    @rx.event
    @policy("user")
    async def type_amount(self, amount: int) -> None:
        """What is not yet a sellable amount is told beside the field, and nothing can be paid."""
        self.is_other = True
        await self._choose(amount, self.method)

    @rx.event
    @policy("user")
    async def pick_method(self, code: str) -> None:
        if code in METHODS:
            await self._choose(self.amount, code)

    @rx.event
    @policy("user")
    async def type_phone(self, phone: str) -> None:
        self.phone = phone[:_LONGEST_PHONE]
        if self.error["place"] == "phone":
            self.error = dict(NOTHING)

    @rx.event
    @policy("user")
    async def pay(self) -> AsyncGenerator[Any, None]:
        """From the top-up page: asks for the code, then goes to its page."""
        async for step in self._ask():
            yield step
        ref = (await self.get_state(Asked)).ref
        if ref:
            yield rx.redirect(f"/pay/{ref}/")
        elif self.error["place"] == "phone":
            yield FOCUS_PHONE

    @rx.event
    @policy("user")
    async def pay_here(self) -> AsyncGenerator[Any, None]:
        """From the plans hub: the card opens in place, and the address remembers it."""
        async for step in self._ask():
            yield step
        ref = (await self.get_state(Asked)).ref
        if ref:
            await (await self.get_state(PayState))._open(ref, also=True)
        elif self.error["place"] == "phone":
            yield FOCUS_PHONE

    async def _open(self, wishes: Mapping[str, str], *, also: bool = False) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id = who.actor.account_id
        self._form_key, self.busy, self.error = runtime.env().ids.public("form"), False, dict(NOTHING)
        (await self.get_state(Asked)).ref = ""
        wished = wishes.get("amount", "")
        self.amount = int(wished) if wished.isascii() and wished.isdecimal() and len(wished) <= 12 else 0
        self.method = wishes.get("method", "") if wishes.get("method", "") in METHODS else ""
        self.is_other = False
        await enter(self, {TopupState: lambda: read(account_id)}, also=also)
        if self.amount and not any(each["amount"] == self.amount for each in self.options):
            self.is_other = bool(self.custom)
            self.amount = self.amount if self.is_other else 0
        popular = next((each for each in self.options if each["popular"]), self.options[0] if self.options else None)
        await self._choose(self.amount or (int(popular["amount"]) if popular else 0), self.method)
        self.ready = True

    def _show(self, offer: Offer) -> None:
        custom = runtime.env().catalogue.custom_amount
        self.options = [option(each) for each in offer.options]
        self.custom = {} if custom is None else {"minimum": custom.minimum, "maximum": custom.maximum}
        self.unfinished = {} if offer.unfinished is None else waiting(offer.unfinished)
        self.method = self.method or offer.last_method or ""
        self.phone = self.phone or national(offer.last_phone or "")

    async def _choose(self, amount: int, method: str) -> None:
        """Everything that follows from an amount and a method: what it brings, costs, and what hinders."""
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        chosen = await runtime.run(_chosen, who.actor.account_id, amount, method)
        self.amount, self.method = amount, chosen.method
        self.groups = in_groups(chosen.ways, is_borne=chosen.fee_payer == "customer" and amount > 0)
        self.quote = {} if chosen.priced is None else quoted(chosen.priced)
        self.error = dict(NOTHING) if chosen.problem is None else told(chosen.problem)

    async def _ask(self) -> AsyncGenerator[Any, None]:
        who = viewer(self)
        asked = await self.get_state(Asked)
        asked.ref = ""
        if who is None or self.busy or not self.quote:
            return
        self.busy, self.error = True, dict(NOTHING)
        yield
        wish = RequestTopup(self.amount, self.method, self._form_key, phone=self.phone)
        try:
            asked.ref = await runtime.run(request, runtime.env(), who.actor, wish)
            self._form_key = runtime.env().ids.public("form")
        except BillingError as problem:
            self.error = told(problem)
        finally:
            self.busy = False


class Asked(rx.State):
    """The purchase this form has just made; the hub opens its card and the address bar remembers it."""

    ref: rx.Field[str] = rx.field("")


def _chosen(account_id: int, amount: int, method: str) -> Chosen:
    """The wished method if it takes the total, else the first one that does."""
    env = runtime.env()
    with env.db.read() as tx:
        in_force = terms(tx)
        ways = tuple(way(Amount(amount, env.catalogue.currency), code, in_force) for code in METHODS)
        possible = [each.method for each in ways if each.why is None]
        method = method if method in possible else next(iter(possible), "")
        if not amount or not method:
            return Chosen(ways, in_force.fee_payer, method)
        try:
            return Chosen(ways, in_force.fee_payer, method, priced=price(tx, env, account_id, amount, method)[2])
        except BillingError as problem:
            return Chosen(ways, in_force.fee_payer, method, problem=problem)


def on_sale(tx: Tx, account_id: int) -> tuple[PackageView, ...]:
    """The amounts this account may buy: those of the plan that its top-ups belong to."""
    plan = topup_plan(tx, account_id)
    shown = plan_by_slug(tx, plan.slug) if plan is not None else None
    return shown.options if shown is not None else ()


def read(account_id: int) -> Offer:
    env = runtime.env()
    with env.db.read() as tx:
        ref = unfinished(tx, account_id, env.clock.now())
        return Offer(
            options=on_sale(tx, account_id),
            last_method=last_method(tx, account_id),
            last_phone=last_phone(tx, account_id),
            unfinished=payment_view(tx, ref, account_id) if ref else None,
        )

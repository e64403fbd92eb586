"""Choosing an amount and a method, and asking for the code. Serves /subscription/topup and the plans hub."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.kit.amount import Amount
from billing_ui.queries.plans import PackageView, plan_by_slug
from billing_ui.queries.topups import last_method, unfinished
from billing_ui.rules.errors import AmountOutOfRange, BillingError
from billing_ui.rules.methods import METHODS, obstacle
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services.plans import topup_plan
from billing_ui.services.topups import RequestTopup, request
from billing_ui.state.feedback import told
from billing_ui.state.pay import PayState
from billing_ui.state.session import enter

_MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Offer:
    options: tuple[PackageView, ...]
    last_method: str | None
    unfinished: str | None


class TopupState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    options: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    custom: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    methods: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    amount: rx.Field[int] = rx.field(0)
    is_other: rx.Field[bool] = rx.field(False)
    method: rx.Field[str] = rx.field("")
    tokens: rx.Field[int] = rx.field(0)
    unfinished: rx.Field[str] = rx.field("")
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _form_key: str = ""

    @rx.event
    @policy("user")
    async def open(self) -> None:
        await self._open()
        self.ready = True

    @rx.event
    @policy("user")
    async def pick_amount(self, amount: int) -> None:
        self.is_other = False
        self._choose(amount)

    @rx.event
    @policy("user")
    async def pick_other(self) -> None:
        self.is_other = True
        self._choose(int(self.custom.get("minimum", 0)))

    @rx.event
    @policy("user")
    async def type_amount(self, text: str) -> None:
        """Digits with any grouping between them; what is not yet a sellable amount is told beside the field."""
        digits = "".join(character for character in text if character in "0123456789")[:_MAX_DIGITS]
        self._choose(int(digits or 0))

    @rx.event
    @policy("user")
    async def pick_method(self, code: str) -> None:
        if any(each["code"] == code and not each["why"] for each in self.methods):
            self.method = code

    @rx.event
    @policy("user")
    async def pay(self) -> AsyncGenerator[Any, None]:
        """From the top-up page: asks for the code, then goes to its page."""
        async for step in self._ask():
            yield step
        card = await self.get_state(PayState)
        if card.ref_asked and not self.error:
            yield rx.redirect(f"/pay/{card.ref_asked}/")

    @rx.event
    @policy("user")
    async def pay_here(self) -> AsyncGenerator[Any, None]:
        """From the plans hub: the card opens in place, and the address remembers it."""
        async for step in self._ask():
            yield step
        card = await self.get_state(PayState)
        if card.ref_asked and not self.error:
            await card._show_ref(card.ref_asked)
            card.ready = True

    async def _open(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id = who.actor.account_id
        env = runtime.env()
        self._form_key = env.ids.public("form")
        self.error, self.busy = {}, False
        await enter(self, {TopupState: lambda: _read(account_id)})

    def _show(self, offer: _Offer) -> None:
        custom = runtime.env().catalogue.custom_amount
        self.options = [_option(each) for each in offer.options]
        self.custom = (
            {"minimum": custom.minimum, "maximum": custom.maximum, "step": custom.step} if custom is not None else {}
        )
        self.unfinished = offer.unfinished or ""
        self.method = self.method or offer.last_method or ""
        if not self.amount and self.options:
            popular = next((each for each in self.options if each["popular"]), self.options[0])
            self._choose(int(popular["amount"]))
        else:
            self._choose(self.amount)

    def _choose(self, amount: int) -> None:
        """Everything that follows from an amount: the tokens it brings, the methods that can take it."""
        currency = runtime.env().catalogue.currency
        self.amount, self.error = amount, {}
        option = next((each for each in self.options if each["amount"] == amount), None)
        custom = runtime.env().catalogue.custom_amount
        if option is not None:
            self.tokens = int(option["tokens"]) + int(option["bonus"])
        elif custom is not None and custom.minimum <= amount <= custom.maximum and amount % custom.step == 0:
            self.tokens = custom.tokens(amount)
        else:
            self.tokens = 0
            if custom is not None:
                self.error = told(
                    AmountOutOfRange(minimum=custom.minimum, maximum=custom.maximum, step=custom.step, currency=currency)
                )
        self.methods = [
            {
                "code": method.code, "group": method.group, "minimum": method.minimum, "maximum": method.maximum,
                "why": obstacle(method.code, Amount(amount, currency)) or "",
            }
            for method in METHODS.values()
        ]  # fmt: skip
        possible = [each["code"] for each in self.methods if not each["why"]]
        if self.method not in possible:
            self.method = possible[0] if possible else ""

    async def _ask(self) -> AsyncGenerator[Any, None]:
        who = viewer(self)
        card = await self.get_state(PayState)
        card.ref_asked = ""
        if who is None or self.busy or self.error or not self.method:
            return
        self.busy = True
        yield
        wish = RequestTopup(self.amount, self.method, self._form_key)
        try:
            card.ref_asked = await runtime.run(request, runtime.env(), who.actor, wish)
            self._form_key = runtime.env().ids.public("form")
        except BillingError as problem:
            self.error = told(problem)
        self.busy = False


def _option(view: PackageView) -> dict[str, Any]:
    return {
        "slug": view.slug, "amount": view.amount, "currency": view.currency, "tokens": view.tokens,
        "bonus": view.bonus_tokens, "label": {"id": view.label.id, "en": view.label.en}, "popular": view.is_popular,
    }  # fmt: skip


def _read(account_id: int) -> _Offer:
    env = runtime.env()
    with env.db.read() as tx:
        plan = topup_plan(tx, account_id)
        card = plan_by_slug(tx, plan.slug) if plan is not None else None
        options = tuple(option for option in card.options if not option.is_disabled) if card else ()
        return _Offer(options, last_method(tx, account_id), unfinished(tx, account_id, env.clock.now()))

"""Plays a bad day: spoils calls and webhooks, pays like people do, and keeps a ledger of what was really paid."""

from collections import Counter
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from billing_ui.sandbox import payments
from billing_ui.sandbox.acts import announce_later
from billing_ui.sandbox.agenda import Act
from billing_ui.sandbox.bad_day import Dice, Plan, wrong_amount
from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.faults import Fault
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.state import Event, PaymentRequest
from billing_ui.sandbox.webhooks import Fate
from billing_ui.sandbox.world import World

_AFTER_THE_WORK = frozenset({"timeout_after_commit", "connection_reset"})
_MOST_AT_ONCE = 16
# Whether the answer of the call under way will never arrive; each call runs in a task, and so a context, of its own.
_unanswered: ContextVar[bool] = ContextVar("unanswered", default=False)


class BadDay:
    def __init__(self, world: World, plan: Plan) -> None:
        self._world = world
        self.plan = plan
        self._dice = Dice(plan)
        self._since = world.clock()
        self._webhooks_before = world.modes.webhooks
        self._truth: list[dict[str, Any]] = []
        self._seen: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._waiting = 0

    @property
    def is_on(self) -> bool:
        return self._world.scene.day is self

    def begin(self) -> None:
        world = self._world
        world.scene.day = world.scene.last = self
        world.faults.weather, world.postman.fate = self._weather, self._fate
        world.dice.seed(self.plan.seed)
        world.modes.webhooks = self.plan.webhooks

    async def end(self) -> None:
        """The weather clears and nobody pays any more; every webhook that was not lost goes out now."""
        world = self._world
        world.scene.day, world.faults.weather, world.postman.fate = None, None, None
        world.modes.webhooks = self._webhooks_before
        self._waiting = 0
        await world.postman.hurry(at_once=_MOST_AT_ONCE)

    def report(self) -> dict[str, Any]:
        return {
            "on": self.is_on,
            "since": wire_time(self._since),
            "plan": self.plan.view(),
            "requests": self._seen["requests"],
            "waiting": self._waiting,
            "payers": {kind: self._seen[kind] for kind in ("right", *self.plan.payer_rates, "ghost", "turned_away")},
            "webhooks": {kind: self._seen[kind] for kind in ("told", *self.plan.webhook_rates)},
            "unheard": len(self._world.postman.unheard()),
            "faults": dict(self._faults),
            "paid": sum(entry["amount"] for entry in self._truth),
            "truth": self._truth,
        }

    def created(self, request: PaymentRequest) -> None:
        """A new request finds its payer, unless nobody plays payers or its code never reached anybody."""
        self._seen["requests"] += 1
        is_one_of_them = self.plan.payments is None or self._seen["requests"] <= self.plan.payments
        if not self.plan.payers or not is_one_of_them or request.checkout_id:
            return
        kind, dice = self._dice.payer()
        if _unanswered.get():
            # Of these nobody saw the code, but a push may be approved all the same.
            kind = "ghost" if self._dice.throw("ghost").random() < self.plan.ghosts else "unpaid"
        self._seen[kind or "right"] += 1
        if kind != "unpaid":
            self._waiting += 1
            self._later(dice, partial(self._act, kind or "right", request, dice))

    def _weather(self, gateway: str, call: str) -> Fault | None:
        if gateway not in self.plan.gateways or call == "balance":
            return None
        fault = self._dice.fault()
        _unanswered.set(fault in _AFTER_THE_WORK)
        if not fault:
            return None
        self._faults[fault] += 1
        return Fault(gateway, call, fault, ms=self.plan.hang_ms if fault.startswith("timeout") else 0)

    def _fate(self, event: Event) -> Fate:
        del event
        kind, dice = self._dice.webhook()
        self._seen[kind] += 1
        self._seen["told"] += kind != "lost"
        if kind == "doubled":
            # Half of the copies arrive together, half some time apart.
            return Fate(again_s=dice.choice((0.0, dice.uniform(0.1, 1.5))))
        return Fate(lost=kind == "lost", wait_s=dice.uniform(0.5, 3) if kind == "reordered" else 0.0)

    def _later(self, dice: Random, act: Act) -> None:
        delay = timedelta(seconds=dice.uniform(*self.plan.pay_after_s))
        self._world.agenda.at(self._world.clock() + delay, act)

    async def _act(self, kind: str, request: PaymentRequest, dice: Random) -> None:
        """One step of one payer; what takes two steps puts the second one on the agenda."""
        if not self.is_on:
            return
        try:
            if kind == "late":
                announce_later(self._world, payments.expire(self._world, request))
                self._later(dice, partial(self._act, "late_money", request, dice))
                return
            if kind == "second_try":
                code = dice.choice(("INSUFFICIENT_BALANCE", "USER_DECLINED_PAYMENT"))
                announce_later(self._world, payments.fail(self._world, request, code, keep_open=True))
                self._later(dice, partial(self._act, "right", request, dice))
                return
            if kind == "declined":
                announce_later(self._world, payments.fail(self._world, request, "USER_DECLINED_PAYMENT"))
            else:
                self._pay(kind, request, dice)
        except NotPayableError:
            self._seen["turned_away"] += 1
        self._waiting -= 1

    def _pay(self, kind: str, request: PaymentRequest, dice: Random) -> None:
        known = len(request.payments)
        amount = wrong_amount(request.amount or 50_000, dice) if kind == "wrong_amount" else request.amount or 50_000
        told = payments.pay(
            self._world, request, amount=amount, payments=2 if kind == "twice" else 1, late=kind == "late_money"
        )
        names = {"twice": ("right", "second"), "late_money": ("late",)}.get(kind, (kind,))
        for name, payment in zip(names, request.payments[known:], strict=True):
            at = wire_time(payment.created)
            paid = {"payment_id": payment.id, "amount": payment.amount, "kind": name, "at": at}
            self._truth.append({"request_id": request.id, "reference": request.reference, **paid})
        announce_later(self._world, told)

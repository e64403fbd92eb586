"""Which payments an operator wants to see: what every list is asked for, and a gateway, groups and pages both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from billing_ui.rules import lists
from billing_ui.rules.lists import Choices, ListAsk
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import STATUSES

# Groups that cut across the statuses: money that waits for a person, codes open for long, payments that should have
# ended, money that came after its deadline, money that went back or is fought over.
Group = Literal["decision", "waiting", "stuck", "late", "refunded", "disputed"]
GROUPS: tuple[Group, ...] = get_args(Group)
GATEWAYS: tuple[str, ...] = tuple(sorted({method.gateway for method in METHODS.values()}))
LONG = timedelta(hours=1)
_CHOICES = Choices(statuses=frozenset((*GROUPS, *STATUSES)), methods=frozenset(METHODS))
_PAYMENT = re.compile(r"pay_[0-9a-hjkmnp-tv-z]{26}")


@dataclass(frozen=True, slots=True)
class PaymentWish:
    """What to list. `after` and `before` name the payment at the edge of the page next to the wanted one."""

    ask: ListAsk = field(default_factory=ListAsk)
    gateway: str = ""
    after: str = ""
    before: str = ""

    @property
    def is_narrowed(self) -> bool:
        return self.ask.is_narrowed or bool(self.gateway)


def wish(told: Mapping[str, str]) -> PaymentWish:
    """Total: what is unknown or makes no sense is as if it had not been said."""
    gateway = told.get("gateway", "")
    edges = {name: told[name] for name in ("after", "before") if _PAYMENT.fullmatch(told.get(name, ""))}
    ask = lists.read_ask({**told, "page": ""}, _CHOICES)
    return PaymentWish(ask, gateway if gateway in GATEWAYS else "", **edges)


def told(wanted: PaymentWish) -> dict[str, str]:
    """The wish as the address tells it; what is usual is left out."""
    more = {"gateway": wanted.gateway, "after": wanted.after, "before": wanted.before}
    return {**lists.query_of(wanted.ask), **{name: value for name, value in more.items() if value}}


def address(wanted: PaymentWish) -> str:
    """What stands behind the path, its question mark included; nothing for the usual list."""
    return lists.address("", wanted.ask, gateway=wanted.gateway, after=wanted.after, before=wanted.before)

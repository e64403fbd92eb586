"""Which payments an operator wants to see: read from the address of the page, and written back into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args
from urllib.parse import urlencode

from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import STATUSES

# Groups that cut across the statuses: money that waits for a person, codes open for long, payments that should have
# ended, money that came after its deadline, money that went back or is fought over.
Group = Literal["decision", "waiting", "stuck", "late", "refunded", "disputed"]
GROUPS: tuple[Group, ...] = get_args(Group)
GATEWAYS: tuple[str, ...] = tuple(sorted({method.gateway for method in METHODS.values()}))
SIZES = (25, 50, 100)
LONG = timedelta(hours=1)
_LONGEST_SEARCH = 200
_PAYMENT = re.compile(r"pay_[0-9a-hjkmnp-tv-z]{26}")
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
_CHOICES: dict[str, tuple[str, ...]] = {
    "status": (*GROUPS, *STATUSES), "method": tuple(METHODS), "gateway": GATEWAYS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaymentWish:
    """What to list. `after` and `before` name the payment at the edge of the page next to the wanted one."""

    q: str = ""
    status: str = ""
    method: str = ""
    gateway: str = ""
    from_on: date | None = None
    to_on: date | None = None
    per: int = SIZES[0]
    after: str = ""
    before: str = ""

    @property
    def is_narrowed(self) -> bool:
        return any((self.q, self.status, self.method, self.gateway, self.from_on, self.to_on))


def wish(told: Mapping[str, str]) -> PaymentWish:
    """Total: what is unknown or makes no sense is as if it had not been said."""
    chosen = {name: told[name] for name, words in _CHOICES.items() if told.get(name) in words}
    edges = {name: told[name] for name in ("after", "before") if _PAYMENT.fullmatch(told.get(name, ""))}
    return PaymentWish(
        q=" ".join(told.get("q", "").split())[:_LONGEST_SEARCH], from_on=_day(told.get("from", "")),
        to_on=_day(told.get("to", "")), per=_size(told.get("per", "")), **chosen, **edges,
    )  # fmt: skip


def told(wanted: PaymentWish) -> dict[str, str]:
    """The wish as the address tells it; what is usual is left out."""
    said = {
        "q": wanted.q, "status": wanted.status, "method": wanted.method, "gateway": wanted.gateway,
        "from": wanted.from_on.isoformat() if wanted.from_on else "",
        "to": wanted.to_on.isoformat() if wanted.to_on else "",
        "per": "" if wanted.per == SIZES[0] else str(wanted.per), "after": wanted.after, "before": wanted.before,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def address(wanted: PaymentWish) -> str:
    """What stands behind the path, its question mark included; nothing for the usual list."""
    said = told(wanted)
    return f"?{urlencode(said)}" if said else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _size(text: str) -> int:
    return next((size for size in SIZES if text == str(size)), SIZES[0])

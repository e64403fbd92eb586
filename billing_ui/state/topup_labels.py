"""What is on sale, by which methods and at what price, as the plain lists and dicts that the top-up form shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing_ui.queries.payment import PaymentView
from billing_ui.queries.plans import PackageView
from billing_ui.rules.methods import METHODS
from billing_ui.rules.topups import Quote, Way
from billing_ui.state.labels import everyday, instant, worth

_GROUPS = ("qris", "va", "ewallet", "card")
_SHUT = ("closed", "currency")  # no amount opens these
# Limits beyond these are nobody's: no sum on sale is so small or so large, and telling them is noise.
_HARDLY_A_MINIMUM, _HARDLY_A_MAXIMUM = 1_000, 1_000_000_000


def option(view: PackageView) -> dict[str, Any]:
    tokens = view.tokens + view.bonus_tokens
    return {
        "amount": view.amount, "currency": view.currency, "tokens": tokens, "bonus": view.bonus_tokens,
        "popular": view.is_popular, "about": everyday(tokens),
    }  # fmt: skip


def waiting(view: PaymentView) -> dict[str, Any]:
    return {
        "ref": view.ref, "total": view.total, "currency": view.currency, "method": view.method,
        "expires_at": instant(view.expires_at),
    }  # fmt: skip


def quoted(priced: Quote) -> dict[str, Any]:
    tokens = priced.tokens + priced.bonus_tokens
    return {
        "price": priced.price.quantity, "fee": priced.fee.quantity, "tax": priced.tax.quantity,
        "total": priced.total.quantity, "currency": priced.total.unit, "tokens": tokens,
        "bonus": priced.bonus_tokens, "about": everyday(tokens), "worth": worth(tokens),
    }  # fmt: skip


def in_groups(ways: Sequence[Way], *, is_borne: bool) -> list[dict[str, Any]]:
    """Every method in its group; one that cannot take this amount stays, with its reason and its bounds.

    Who bears the fee reads it beside each method before choosing one, with what the method takes.
    """
    by_group: dict[str, list[Way]] = {group: [] for group in _GROUPS}
    for way in ways:
        by_group[METHODS[way.method].group].append(way)
    return [
        {
            "name": group,
            "methods": [_method(way, is_borne=is_borne) for way in among],
            "open": any(way.why not in _SHUT for way in among),
        }
        for group, among in by_group.items()
    ]


def _method(way: Way, *, is_borne: bool) -> dict[str, Any]:
    method = METHODS[way.method]
    is_free = way.why is None
    # The ceiling of QRIS is the nation's and the one people run into, so it is told in any case.
    tells_bounds = is_free and (is_borne or method.action == "qr") and method.maximum < _HARDLY_A_MAXIMUM
    return {
        "code": way.method, "why": way.why or "", "minimum": method.minimum, "maximum": method.maximum,
        "needs_phone": method.needs_phone, "fee": way.fee.quantity,
        "cost": "" if not (is_free and is_borne) else "fee" if way.fee.quantity else "none",
        "bounds": "" if not tells_bounds else "both" if method.minimum > _HARDLY_A_MINIMUM else "maximum",
    }  # fmt: skip

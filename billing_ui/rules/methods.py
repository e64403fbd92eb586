"""The payment methods as one data table: limits, how long a code lives, whether money can go back by API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from billing_ui.kit.amount import Amount

MethodGroup = Literal["qris", "va", "ewallet", "card"]


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay. `channel` is the gateway's word; `open` says whether this deployment offers it today."""

    code: str
    group: MethodGroup
    gateway: str
    channel: str
    minimum: int
    maximum: int
    lives: timedelta
    refundable: bool
    open: bool


def _va(bank: str, minimum: int, maximum: int) -> Method:
    return Method(
        f"VA_{bank}", "va", "xendit", f"{bank}_VIRTUAL_ACCOUNT", minimum, maximum, timedelta(hours=24),
        refundable=False, open=True,
    )  # fmt: skip


def _wallet(code: str, minimum: int, maximum: int, lives: timedelta) -> Method:
    refundable = code != "OVO"
    return Method(code, "ewallet", "xendit", code, minimum, maximum, lives, refundable=refundable, open=False)


# QRIS cannot be told to expire earlier than the gateway's own 48 hours; we count down two and cancel then.
METHODS: dict[str, Method] = {
    method.code: method
    for method in (
        Method("QRIS", "qris", "xendit", "QRIS", 1, 10_000_000, timedelta(hours=2), refundable=True, open=True),
        _va("BCA", 10_000, 50_000_000),
        _va("BNI", 1, 50_000_000_000),
        _va("BRI", 1, 50_000_000_000),
        _va("MANDIRI", 1, 50_000_000_000),
        _va("PERMATA", 1, 9_999_999_999),
        _va("BSI", 1, 50_000_000_000),
        _wallet("OVO", 100, 20_000_000, timedelta(seconds=54)),
        _wallet("DANA", 100, 20_000_000, timedelta(hours=24)),
        _wallet("LINKAJA", 100, 10_000_000, timedelta(minutes=30)),
        _wallet("SHOPEEPAY", 1, 20_000_000, timedelta(minutes=30)),
        _wallet("GOPAY", 1, 50_000_000, timedelta(minutes=30)),
        Method("CARD", "card", "stripe", "card", 0, 0, timedelta(hours=24), refundable=True, open=False),
    )
}

Obstacle = Literal["closed", "minimum", "maximum", "currency", "unknown"]


def obstacle(code: str, total: Amount) -> Obstacle | None:
    """Why this method cannot take this total; None when it can. A closed method stays visible with its reason."""
    method = METHODS.get(code)
    if method is None:
        return "unknown"
    if not method.open:
        return "closed"
    if total.unit != "IDR":
        return "currency"
    if total.quantity < method.minimum:
        return "minimum"
    if total.quantity > method.maximum:
        return "maximum"
    return None

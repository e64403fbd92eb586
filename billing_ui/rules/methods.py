"""The payment methods as one data table: limits, how long a code lives, what the payer does, what can go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from billing_ui.kit.amount import Amount

MethodGroup = Literal["qris", "va", "ewallet", "card"]
# What the payer does: scans, transfers, opens a page, opens an app (or scans), approves what reaches their phone.
Action = Literal["qr", "va", "redirect", "app", "push"]


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay. `channel` is the gateway's word; `open` says whether this deployment offers it today.

    `decided_after`: a push ends by itself, and by then the gateway knows how; nobody calls it off before.
    """

    code: str
    group: MethodGroup
    action: Action
    gateway: str
    channel: str
    minimum: int
    maximum: int
    lives: timedelta
    refundable: bool
    open: bool
    needs_phone: bool = False
    decided_after: timedelta | None = None


def _va(bank: str, minimum: int, maximum: int) -> Method:
    return Method(
        f"VA_{bank}", "va", "va", "xendit", f"{bank}_VIRTUAL_ACCOUNT", minimum, maximum, timedelta(hours=24),
        refundable=False, open=True,
    )  # fmt: skip


def _wallet(code: str, action: Action, minimum: int, maximum: int, lives: timedelta) -> Method:
    return Method(code, "ewallet", action, "xendit", code, minimum, maximum, lives, refundable=True, open=True)


# The gateway says 54 seconds, OVO's own ring runs for 60; a push that nobody approved by then is gone.
_OVO = Method(
    "OVO", "ewallet", "push", "xendit", "OVO", 100, 20_000_000, timedelta(seconds=60),
    refundable=False, open=True, needs_phone=True, decided_after=timedelta(seconds=70),
)  # fmt: skip


# QRIS cannot be told to expire earlier than the gateway's own 48 hours; we count down two and cancel then.
METHODS: dict[str, Method] = {
    method.code: method
    for method in (
        Method("QRIS", "qris", "qr", "xendit", "QRIS", 1, 10_000_000, timedelta(hours=2), refundable=True, open=True),
        _va("BCA", 10_000, 50_000_000),
        _va("BNI", 1, 50_000_000_000),
        _va("BRI", 1, 50_000_000_000),
        _va("MANDIRI", 1, 50_000_000_000),
        _va("PERMATA", 1, 9_999_999_999),
        _va("BSI", 1, 50_000_000_000),
        _OVO,
        _wallet("DANA", "redirect", 100, 20_000_000, timedelta(hours=24)),
        _wallet("LINKAJA", "redirect", 100, 10_000_000, timedelta(minutes=30)),
        _wallet("SHOPEEPAY", "app", 1, 20_000_000, timedelta(minutes=30)),
        _wallet("GOPAY", "redirect", 1, 50_000_000, timedelta(minutes=30)),
        Method("CARD", "card", "redirect", "stripe", "card", 0, 0, timedelta(hours=24), refundable=True, open=False),
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

"""The payment methods as one data table: limits, fees, how long a code lives, what the payer does, what goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from billing_ui.kit.amount import Amount, half_up

MethodGroup = Literal["qris", "va", "ewallet", "card"]
# What the payer does: scans, transfers, opens a page, opens an app (or scans), approves what reaches their phone.
Action = Literal["qr", "va", "redirect", "app", "push"]


@dataclass(frozen=True, slots=True)
class Fee:
    """What a payment costs: a flat sum in the smallest unit of the currency, and so many 10,000ths of the price."""

    flat: int = 0
    per_10000: int = 0

    def of(self, price: int) -> int:
        return self.flat + half_up(price * self.per_10000, 10_000)


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay. `channel` is the gateway's word; `open` says whether this deployment offers it today.

    `decided_after`: a push ends by itself, and by then the gateway knows how; nobody calls it off before.
    `whole_only`: its gateway gives back all of a payment or nothing. `fee` is asked of customers only where the
    operator says that they bear it.
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
    fee: Fee
    whole_only: bool = False
    needs_phone: bool = False
    decided_after: timedelta | None = None


# A place to start from, nobody's contract: the standard rates Xendit publishes (docs.xendit.co/fees-and-vat), without
# its VAT on virtual accounts and wallets; for digital goods some wallets take more. GoPay's and the card's are ours.
# A deployment writes its own into the setting `fee.methods`.
_QRIS, _BANK, _WALLET, _DEARER, _CARD = Fee(0, 70), Fee(4_000), Fee(0, 150), Fee(0, 200), Fee(2_000, 290)


def _va(bank: str, minimum: int, maximum: int) -> Method:
    return Method(
        f"VA_{bank}", "va", "va", "xendit", f"{bank}_VIRTUAL_ACCOUNT", minimum, maximum, timedelta(hours=24),
        refundable=False, open=True, fee=_BANK,
    )  # fmt: skip


def _wallet(
    code: str, action: Action, minimum: int, maximum: int, lives: timedelta, fee: Fee, *, whole_only: bool = False
) -> Method:
    return Method(
        code, "ewallet", action, "xendit", code, minimum, maximum, lives,
        refundable=True, open=True, fee=fee, whole_only=whole_only,
    )  # fmt: skip


# The gateway says 54 seconds, OVO's own ring runs for 60; a push that nobody approved by then is gone.
_OVO = Method(
    "OVO", "ewallet", "push", "xendit", "OVO", 100, 20_000_000, timedelta(seconds=60),
    refundable=False, open=True, fee=_WALLET, needs_phone=True, decided_after=timedelta(seconds=70),
)  # fmt: skip


# QRIS cannot be told to expire earlier than the gateway's own 48 hours; we count down two and cancel then.
METHODS: dict[str, Method] = {
    method.code: method
    for method in (
        Method(
            "QRIS", "qris", "qr", "xendit", "QRIS", 1, 10_000_000, timedelta(hours=2),
            refundable=True, open=True, fee=_QRIS,
        ),
        _va("BCA", 10_000, 50_000_000),
        _va("BNI", 1, 50_000_000_000),
        _va("BRI", 1, 50_000_000_000),
        _va("MANDIRI", 1, 50_000_000_000),
        _va("PERMATA", 1, 9_999_999_999),
        _va("BSI", 1, 50_000_000_000),
        _OVO,
        _wallet("DANA", "redirect", 100, 20_000_000, timedelta(hours=24), _WALLET),
        _wallet("LINKAJA", "redirect", 100, 10_000_000, timedelta(minutes=30), _WALLET, whole_only=True),
        _wallet("SHOPEEPAY", "app", 1, 20_000_000, timedelta(minutes=30), _DEARER),
        _wallet("GOPAY", "redirect", 1, 50_000_000, timedelta(minutes=30), _DEARER),
        Method(
            "CARD", "card", "redirect", "stripe", "card", 0, 0, timedelta(hours=24),
            refundable=True, open=False, fee=_CARD,
        ),
    )
}  # fmt: skip

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

"""What a top-up costs and brings: fee and tax by settings, bonus by package, all in whole units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from billing_ui.kit.amount import Amount, half_up
from billing_ui.rules.errors import AmountOutOfRange, MethodUnavailable
from billing_ui.rules.methods import obstacle

TaxMode = Literal["off", "included", "added"]
FeePayer = Literal["us", "customer"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What is sold: a package, or an amount the customer typed."""

    price: Amount
    tokens: int
    bonus_tokens: int = 0
    validity_days: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How this deployment adds fees and tax. Rates are whole numbers over 10,000."""

    tax_mode: TaxMode = "off"
    tax_rate_per_10000: int = 0
    fee_payer: FeePayer = "us"
    fee_amount: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """The terms of one purchase, frozen when it is asked for. `total` is what the gateway must collect."""

    price: Amount
    fee: Amount
    tax: Amount
    total: Amount
    tokens: int
    bonus_tokens: int
    validity_days: int | None


def custom_offer(price: Amount, minimum: int, maximum: int, step: int, tokens_num: int, tokens_den: int) -> Offer:
    """An amount the customer typed, at the catalogue's rate. Fractions of a token are not sold."""
    if not minimum <= price.quantity <= maximum or price.quantity % step:
        raise AmountOutOfRange(minimum=minimum, maximum=maximum, step=step, currency=price.unit)
    return Offer(price, price.quantity * tokens_num // tokens_den)


def quote(offer: Offer, terms: Terms, method: str) -> Quote:
    """Adds fee and tax, then checks that the method can take the total."""
    unit = offer.price.unit
    fee = Amount(terms.fee_amount if terms.fee_payer == "customer" else 0, unit)
    taxed = offer.price.quantity + fee.quantity
    tax = Amount(half_up(taxed * terms.tax_rate_per_10000, 10_000) if terms.tax_mode == "added" else 0, unit)
    total = offer.price + fee + tax
    why = obstacle(method, total)
    if why is not None:
        raise MethodUnavailable(method=method, why=why)
    return Quote(offer.price, fee, tax, total, offer.tokens, offer.bonus_tokens, offer.validity_days)

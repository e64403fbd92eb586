"""What a top-up costs and brings: fee by method, tax by settings, bonus by package, all in whole units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from billing_ui.kit.amount import Amount, half_up
from billing_ui.rules.errors import AmountOutOfRange, MethodUnavailable
from billing_ui.rules.methods import METHODS, Fee, Obstacle, obstacle

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
    """How this deployment adds fees and tax. Rates are whole numbers over 10,000.

    `fees` stand instead of those of the methods' table; `fee_amount`, unless it is 0, for all methods without one.
    """

    tax_mode: TaxMode = "off"
    tax_rate_per_10000: int = 0
    fee_payer: FeePayer = "us"
    fee_amount: int = 0
    fees: Mapping[str, Fee] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """One method for one price: what comes on top, and why the method cannot take the total, if so."""

    method: str
    fee: Amount
    tax: Amount
    total: Amount
    why: Obstacle | None


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


def fee_of(method: str, terms: Terms) -> Fee:
    """The fee of this method here, whoever bears it."""
    own = terms.fees.get(method)
    if own is not None:
        return own
    if terms.fee_amount:
        return Fee(terms.fee_amount)
    return METHODS[method].fee if method in METHODS else Fee()


def fee(price: Amount, method: str, terms: Terms) -> Amount:
    """What the customer pays for paying this way: nothing where the fee is ours."""
    borne = fee_of(method, terms).of(price.quantity) if terms.fee_payer == "customer" else 0
    return Amount(borne, price.unit)


def way(price: Amount, method: str, terms: Terms) -> Way:
    """Adds fee and tax; the method has to take the total."""
    extra = fee(price, method, terms)
    taxed = price + extra
    rate = terms.tax_rate_per_10000 if terms.tax_mode == "added" else 0
    tax = Amount(half_up(taxed.quantity * rate, 10_000), price.unit)
    return Way(method, extra, tax, taxed + tax, obstacle(method, taxed + tax))


def quote(offer: Offer, terms: Terms, method: str) -> Quote:
    """The terms of this purchase, if the method can take its total."""
    chosen = way(offer.price, method, terms)
    if chosen.why is not None:
        raise MethodUnavailable(method=method, why=chosen.why)
    return Quote(
        offer.price, chosen.fee, chosen.tax, chosen.total, offer.tokens, offer.bonus_tokens, offer.validity_days
    )

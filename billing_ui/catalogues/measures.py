"""What is counted, what it draws and how it looks, as frozen data: units, meters, operations, rate cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from billing_ui.rules.plans import Ratio
from billing_ui.rules.words import Text

MeterMode = Literal["counted", "paid"]
Draw = int | Literal["quantity", "rated"]


@dataclass(frozen=True, slots=True)
class Counted:
    """What one and what several of something are called."""

    one: Text
    other: Text


@dataclass(frozen=True, slots=True)
class Meter:
    """Something that is counted. A paid meter must be paid for; a feature is only on or off."""

    slug: str
    name: Text
    unit: str
    mode: MeterMode
    is_feature: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """Something the host app does, and what it draws: so many, the quantity told, or tokens by the rate card."""

    slug: str
    name: Text
    draws: Mapping[str, Draw]


@dataclass(frozen=True, slots=True)
class Rate:
    """Thousandths of a token charged per token of input, output and cached input, or a fixed number per call."""

    operation: str | None
    model: str | None
    input_milli: int
    output_milli: int
    cached_milli: int
    fixed_tokens: int | None


@dataclass(frozen=True, slots=True)
class RateCard:
    """One version of the rates. An event keeps the version it was priced by."""

    version: int
    valid_from: datetime
    rates: tuple[Rate, ...]

    def rate(self, operation: str, model: str) -> Rate | None:
        """The most particular rate: operation and model, then operation alone, then model alone, then any."""
        found, particular = None, -1
        for rate in self.rates:
            if rate.operation in (operation, None) and rate.model in (model, None):
                so_much = 2 * (rate.operation is not None) + (rate.model is not None)
                if so_much > particular:
                    found, particular = rate, so_much
        return found


@dataclass(frozen=True, slots=True)
class Everyday:
    """A thing people know, and about how many tokens it takes: "± 2 papers"."""

    tokens: int
    name: Counted


@dataclass(frozen=True, slots=True)
class UnitDisplay:
    """How tokens look in money, and in everyday things, to a customer's eye."""

    rate: Ratio | None
    everyday: Everyday | None

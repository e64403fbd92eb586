"""Reads what is counted and what it draws: units, meters, operations and rate cards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from billing_ui.catalogues.measures import Counted, Draw, Meter, MeterMode, Operation, Rate, RateCard
from billing_ui.catalogues.reader import Table

BUILT_IN_UNITS = ("TOKEN", "IDR", "USD")
METER_MODES = ("counted", "paid")
EVENT_MEASURES = ("quantity", "rated")


def counted(table: Table) -> Counted:
    return Counted(table.text("one"), table.text("other"))


def units(top: Table) -> Iterator[tuple[str, Counted]]:
    for code, table in top.named("units"):
        if not code.isascii() or code != code.upper():
            table.refuse("", "a unit is written in capitals")
        if code in BUILT_IN_UNITS:
            table.refuse("", f"{code} is built in")
        yield code, counted(table)
        table.done()


def meters(top: Table) -> Iterator[tuple[str, Meter]]:
    for slug, table in top.named("meters"):
        yield (
            slug,
            Meter(
                slug=slug,
                name=table.text("name"),
                unit=table.word("unit"),
                mode=cast("MeterMode", table.one_of("mode", METER_MODES)),
                is_feature=table.flag("is_feature"),
            ),
        )
        table.done()


def operations(top: Table) -> Iterator[tuple[str, Operation]]:
    for slug, table in top.named("operations"):
        draws = table.required("draws")
        yield slug, Operation(slug, table.text("name"), {meter: _draw(draws, meter) for meter in draws.names()})
        table.done()


def _draw(draws: Table, meter: str) -> Draw:
    value = draws.take(meter)
    if value == "quantity":
        return "quantity"
    if value == "rated":
        return "rated"
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        draws.refuse(meter, f"must be a whole number above 0, or one of {', '.join(EVENT_MEASURES)}")
    return value


def rate_cards(top: Table) -> Iterator[RateCard]:
    for table in top.tables("rate_cards"):
        card = RateCard(
            version=table.whole("version", 1),
            valid_from=table.instant("valid_from"),
            rates=tuple(_rate(rate) for rate in table.tables("rates")),
        )
        table.done()
        yield card


def _rate(table: Table) -> Rate:
    operation = table.word("operation", "*")
    model = table.word("model", "*")
    is_fixed = table.has("fixed_tokens")
    if is_fixed and (table.has("input_milli") or table.has("output_milli") or table.has("cached_milli")):
        table.refuse("fixed_tokens", "a rate is either fixed or by tokens, not both")
    rate = Rate(
        operation=None if operation == "*" else operation,
        model=None if model == "*" else model,
        input_milli=0 if is_fixed else table.whole("input_milli", 0),
        output_milli=0 if is_fixed else table.whole("output_milli", 0),
        cached_milli=0 if is_fixed else table.whole("cached_milli", 0),
        fixed_tokens=table.whole("fixed_tokens", 1) if is_fixed else None,
    )
    table.done()
    return rate

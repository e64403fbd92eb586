"""Reads what sells tokens: packages, the custom amount, and what they share with a plan's top-up options."""

from __future__ import annotations

from collections.abc import Iterator

from billing_ui.catalogues.reader import Table
from billing_ui.catalogues.shape import CustomAmount, Package

GATEWAYS = ("stripe",)


def gateway_prices(table: Table | None) -> dict[str, str]:
    """Ids that the gateway gave our prices. One whose variable is not set is left out: not sold there yet."""
    if table is None:
        return {}
    found: dict[str, str] = {}
    for gateway in table.names():
        if gateway not in GATEWAYS:
            table.refuse(gateway, f"must be one of {', '.join(GATEWAYS)}")
        price = table.from_environment(gateway)
        if price is not None:
            found[gateway] = price
    return found


def validity(table: Table) -> int | None:
    return table.whole("validity_days", 1) if table.has("validity_days") else None


def packages(top: Table) -> Iterator[Package]:
    for table in top.tables("packages"):
        yield Package(
            slug=table.slug("slug"),
            name=table.text("name"),
            amount=table.whole("price", 1),
            tokens=table.whole("tokens", 1),
            bonus_tokens=table.whole("bonus_tokens", 0, default=0),
            validity_days=validity(table),
            is_popular=table.flag("popular"),
            is_disabled=table.flag("is_disabled"),
            gateway_prices=gateway_prices(table.table("gateway_prices")),
        )
        table.done()


def custom_amount(table: Table | None) -> CustomAmount | None:
    if table is None:
        return None
    rate = table.required("rate")
    custom = CustomAmount(
        minimum=table.whole("minimum", 1),
        maximum=table.whole("maximum", 1),
        step=table.whole("step", 1),
        tokens_num=rate.whole("tokens", 1),
        tokens_den=rate.whole("per_amount", 1),
    )
    rate.done()
    table.done()
    if custom.maximum < custom.minimum:
        table.refuse("maximum", "must not be below minimum")
    if custom.minimum % custom.step or custom.maximum % custom.step:
        table.refuse("step", "must divide minimum and maximum")
    if custom.step * custom.tokens_num % custom.tokens_den:
        table.refuse("rate", "one step must buy a whole number of tokens")
    return custom

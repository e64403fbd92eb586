"""Reads the plans: their price, their words, their limits and their top-up options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from billing_ui.catalogues.packages import gateway_prices, validity
from billing_ui.catalogues.reader import Table
from billing_ui.catalogues.shape import Cta, Overage, Plan, TopupOption
from billing_ui.kit.period import Window
from billing_ui.rules.plans import UNLIMITED, Interval, Limit, PlanKind
from billing_ui.rules.words import Text

KINDS = ("free", "prepaid", "subscription")
INTERVALS = ("month", "year")
WINDOWS = ("hour", "day", "week", "month", "total")
NOTHING = Text("", "")


def plans(top: Table) -> Iterator[tuple[str, Plan]]:
    for slug, table in top.named("plans"):
        top.check_slug(f"plans.{slug}", slug)
        yield slug, _plan(slug, table)
        table.done()


def _plan(slug: str, table: Table) -> Plan:
    kind = cast("PlanKind", table.one_of("kind", KINDS))
    is_subscription = kind == "subscription"
    if not is_subscription:
        for key in ("interval", "trial_days", "overage"):
            if table.has(key):
                table.refuse(key, "only a plan of kind subscription has this")
    return Plan(
        slug=slug,
        kind=kind,
        name=table.text("name"),
        tagline=table.text("tagline", NOTHING),
        price_amount=table.whole("price", 1 if is_subscription else 0),
        price_unit=table.text("price_unit", NOTHING),
        interval=cast("Interval", table.one_of("interval", INTERVALS)) if is_subscription else None,
        trial_days=table.whole("trial_days", 0, default=0),
        features=table.texts("features"),
        cta=_cta(table.required("cta")),
        is_highlighted=table.flag("is_highlighted"),
        is_disabled=table.flag("is_disabled"),
        is_unlisted=table.flag("is_unlisted"),
        topup_options=tuple(_option(slug, option) for option in table.tables("topup_options")),
        limits=tuple(_limit(limit) for limit in table.tables("limits")),
        included_tokens=table.whole("included_tokens", 0, default=0),
        overage=_overage(table.table("overage")),
        gateway_prices=gateway_prices(table.table("gateway_prices")),
    )


def _cta(table: Table) -> Cta:
    cta = Cta(table.text("text"), table.word("href"))
    if not cta.href.startswith("/") or cta.href.startswith("//") or "\\" in cta.href:
        table.refuse("href", "must be a path of this site, like /subscription/plans/")
    table.done()
    return cta


def _option(plan: str, table: Table) -> TopupOption:
    amount = table.whole("amount", 1)
    option = TopupOption(
        slug=f"{plan}-{amount}",
        amount=amount,
        tokens=table.whole("tokens", 1),
        bonus_tokens=table.whole("bonus_tokens", 0, default=0),
        label=table.text("label"),
        is_popular=table.flag("popular"),
        validity_days=validity(table),
    )
    table.done()
    return option


def _limit(table: Table) -> Limit:
    quantity = table.whole("quantity", -1)
    limit = Limit(
        meter=table.word("meter"),
        window=cast("Window", table.one_of("window", WINDOWS)),
        quantity=UNLIMITED if quantity == -1 else quantity,
    )
    table.done()
    return limit


def _overage(table: Table | None) -> Overage | None:
    if table is None:
        return None
    overage = Overage(table.whole("price", 1), table.whole("per_tokens", 1))
    table.done()
    return overage

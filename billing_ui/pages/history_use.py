"""What one use was charged and why: what was done, the tokens it took, the sum by the rate card, what paid for it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.record import record
from billing_ui.components.surface import fact_where, facts
from billing_ui.components.text import num, pair, t


def use(shown: Any) -> rx.Component:
    """Nothing for rows that are no use, or of which nothing more is known."""
    used = record(shown["used"])
    return rx.cond(
        used["name"],
        rx.el.div(_what(used), _sum(used), _paid(used), class_name="stack", custom_attrs={"data-testid": "drawer-use"}),
        rx.fragment(),
    )


def _what(used: Any) -> rx.Component:
    told = facts(
        [
            ("hist.use.operation", pair(used["name"])),
            fact_where(used["model"].bool(), "hist.use.model", used["model"].to(str)),
            fact_where(
                used["session"].bool(), "hist.use.session", rx.el.span(used["session"].to(str), class_name="mono")
            ),
            fact_where(used["input"].bool(), "hist.use.input", num(used["input"])),
            fact_where(used["cached"].bool(), "hist.use.cached", num(used["cached"])),
            fact_where(used["output"].bool(), "hist.use.output", num(used["output"])),
            fact_where(used["quantity"].bool(), "hist.use.quantity", num(used["quantity"])),
            rx.foreach(
                used["drew"].to(list[dict[str, Any]]),
                lambda drew: rx.fragment(
                    rx.el.dt(pair(drew["name"])), rx.el.dd(num(drew["quantity"]), class_name="tnum")
                ),
            ),
        ]
    )
    return rx.el.div(rx.el.h3(t("hist.use.title"), class_name="drawer-sub"), told)


def _sum(used: Any) -> rx.Component:
    """The arithmetic, where the rate card it was priced by can still be shown."""
    return rx.cond(
        used["rate"],
        rx.el.div(
            rx.el.p(pair(used["sum"]), class_name="sum-line", custom_attrs={"data-testid": "drawer-sum"}),
            rx.el.p(
                rx.cond(
                    used["rounded"],
                    t("hist.use.rounded", tokens=num(used["tokens"]), version=used["rate"]),
                    t("hist.use.card", tokens=num(used["tokens"]), version=used["rate"]),
                ),
                class_name="small muted",
            ),
            class_name="well",
        ),
        rx.fragment(),
    )


def _paid(used: Any) -> rx.Component:
    return rx.cond(
        used["tokens"],
        rx.el.div(
            rx.el.h3(t("hist.use.paid_by"), class_name="drawer-sub"),
            facts(
                [
                    fact_where(used["free"].bool(), "hist.use.allowance", num(used["free"])),
                    fact_where(used["from_lots"].bool(), "hist.use.lots", num(used["from_lots"])),
                    fact_where(used["overage"].bool(), "hist.use.overage", num(used["overage"])),
                    fact_where(used["uncovered"].bool(), "hist.use.uncovered", num(used["uncovered"])),
                ],
                total=("hist.use.total", num(used["tokens"])),
            ),
            class_name="stack-sm",
        ),
        rx.fragment(),
    )

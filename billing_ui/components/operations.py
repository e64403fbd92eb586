"""What was used by operation, the largest first, each with its share as a bar."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.surface import meter
from billing_ui.components.text import num, pair, t


def operations(rows: Any, *, counts: bool = False) -> rx.Component:
    """`counts` tells beside the sum how often. Nothing used is said as such."""
    return rx.cond(
        rows.length() > 0,
        rx.el.ul(
            rx.foreach(rows, lambda row: _operation(row, counts)),
            class_name="quotas",
            custom_attrs={"data-testid": "operations"},
        ),
        rx.el.p(t("usage.month_empty"), class_name="small muted"),
    )


def _operation(row: Any, counts: bool) -> rx.Component:
    often = rx.el.span(t("usage.times", count=row["events"]), " · ", class_name="fine") if counts else rx.fragment()
    return rx.el.li(
        rx.el.p(
            rx.el.span(pair(row["name"]), class_name="quota-name"),
            rx.el.span(often, num(row["tokens"]), class_name="tnum"),
            class_name="between",
        ),
        meter(row["share"].to(int)),
        key=row["key"].to(str),
        class_name="stack-sm",
    )

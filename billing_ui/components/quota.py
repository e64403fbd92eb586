"""A limit in words and as a bar: how far it is used up, and when it begins anew. Rows come from the server as dicts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.surface import meter
from billing_ui.components.text import num, pair, t, when


def quota_name(row: Any) -> rx.Var[Any]:
    return rx.match(
        row["window"],
        ("included", t("usage.included", meter=row["name"])),
        ("total", pair(row["name"])),
        ("balance", t("usage.per", meter=row["name"], window=t("unit.month"))),
        t("usage.per", meter=row["name"], window=t("unit." + row["window"].to(str))),
    )


def quota_told(row: Any) -> rx.Var[Any]:
    """How much of how much; of a feature whether the plan has it."""
    counted = rx.cond(
        row["unlimited"],
        t("usage.of_unlimited", used=num(row["used"])),
        t("usage.of", used=num(row["used"]), limit=num(row["limit"])),
    )
    return rx.cond(
        row["is_feature"],
        rx.cond(row["unlimited"], t("usage.on"), t("usage.off")),
        rx.cond(row["window"] == "balance", t("usage.balance_pays", used=num(row["used"])), counted),
    )


def quota_bar(row: Any) -> rx.Component:
    """Nothing where there is no limit."""
    return rx.cond(row["unlimited"], rx.fragment(), meter(row["percent"].to(int), tone=row["tone"].to(str)))


def quota_resets(row: Any, zone: Any) -> rx.Component:
    return rx.cond(
        row["resets_at"].bool() & ~row["unlimited"].bool(),
        rx.el.p(t("usage.resets", when=when(row["resets_at"], zone)), class_name="fine tnum"),
        rx.fragment(),
    )


def quota_attrs(row: Any) -> dict[str, Any]:
    """What tests and the host's own scripts find it by."""
    return {"data-testid": "quota", "data-key": row["key"], "data-used": row["used"]}

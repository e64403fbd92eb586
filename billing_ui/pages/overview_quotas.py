"""The limits on the first page: how far each is used up, and when it begins anew."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.surface import card, meter, skeleton
from billing_ui.components.text import num, pair, t, when
from billing_ui.state.overview import OverviewState
from billing_ui.state.session import Session


def quotas() -> rx.Component:
    """Nothing where the plan neither gives nor limits anything. Until that is known, the room that it takes in the plan
    of most people."""
    return rx.cond(
        OverviewState.quotas.length() > 0,
        card(
            rx.el.ul(rx.foreach(OverviewState.quotas, _quota), class_name="quotas"),
            title="overview.quota",
            custom_attrs={"data-testid": "quotas"},
        ),
        rx.fragment(),
    )


def _quota(row: Any) -> rx.Component:
    told = rx.cond(
        row["is_feature"],
        rx.cond(row["unlimited"], t("usage.on"), t("usage.off")),
        rx.cond(
            row["unlimited"],
            t("usage.of_unlimited", used=num(row["used"])),
            t("usage.of", used=num(row["used"]), limit=num(row["limit"])),
        ),
    )
    name = rx.match(
        row["window"],
        ("included", t("usage.included", meter=row["name"])),
        ("total", pair(row["name"])),
        t("usage.per", meter=row["name"], window=t("unit." + row["window"].to(str))),
    )
    return rx.cond(OverviewState.ready, _told(row, name, told), _bones(row))


def _bones(row: Any) -> rx.Component:
    """As high as what comes: a name, two figures, a bar, a time."""
    return rx.el.li(
        rx.el.div(skeleton("24px", "40%"), skeleton("24px", "60%")),
        skeleton("8px"),
        skeleton("18px", "70%"),
        key=row["key"].to(str),
        class_name="stack-sm",
    )


def _told(row: Any, name: Any, told: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.span(name, class_name="quota-name block"), rx.el.span(told, class_name="tnum")),
        rx.cond(row["unlimited"], rx.fragment(), _bar(row)),
        rx.cond(
            row["resets_at"].bool() & ~row["unlimited"].bool(),
            rx.el.p(t("usage.resets", when=when(row["resets_at"], Session.zone)), class_name="fine tnum"),
            rx.fragment(),
        ),
        key=row["key"].to(str),
        class_name="stack-sm",
        custom_attrs={"data-testid": "quota", "data-key": row["key"], "data-used": row["used"]},
    )


def _bar(row: Any) -> rx.Component:
    return meter(row["percent"].to(int), tone=row["tone"].to(str))

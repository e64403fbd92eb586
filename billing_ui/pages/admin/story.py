"""The story of a payment in full, with what its customer reads of it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.text import t, when
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.session import Session


def story() -> rx.Component:
    lines = record(AdminPayment.file)["story"].to(list[dict[str, Any]])
    return card(
        rx.el.ol(rx.foreach(lines, _line), class_name="timeline"),
        title="adm.story",
        custom_attrs={"data-testid": "desk-story"},
    )


def _line(line: Any) -> rx.Component:
    said = line["said"].to(list[str])
    return rx.el.li(
        rx.el.p(
            t("adm.event." + line["kind"].to(str)),
            " ",
            rx.el.span(line["actor"], class_name="fine mono"),
            font_weight="500",
        ),
        rx.cond(line["detail"] != "", rx.el.p(line["detail"], class_name="fine mono wrap-any"), rx.fragment()),
        rx.foreach(
            said, lambda word: rx.el.p(t("adm.customer_reads", words=t("pay.event." + word)), class_name="fine")
        ),
        rx.el.p(when(line["at"], Session.zone), class_name="fine tnum"),
        custom_attrs={"data-kind": line["kind"]},
    )

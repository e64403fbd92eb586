"""How the list of payments is narrowed: one box for any number, choices, and what is chosen; all of it an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.browser import SearchBox
from billing_ui.components.field import field
from billing_ui.components.listing import filter_chips, filter_day, filter_select
from billing_ui.components.record import record
from billing_ui.components.text import day, t
from billing_ui.rules.lists import LONGEST_SEARCH
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payment_lists import GROUPS
from billing_ui.rules.payments import STATUSES
from billing_ui.state.admin_payments import AdminPayments


def filters() -> rx.Component:
    statuses = [
        *((group, f"adm.group.{group}") for group in GROUPS),
        *((status, f"st.{status}") for status in STATUSES),
    ]
    search = SearchBox.create(
        value=asked("q"),
        on_search=AdminPayments.find,
        id="q",
        custom_attrs={
            "data-testid": "desk-search", "aria-describedby": "q-hint",
            "maxLength": LONGEST_SEARCH, "spellCheck": "false",
        },
    )  # fmt: skip
    return rx.el.div(
        field("adm.search", search, for_="q", hint="adm.search_hint"),
        rx.el.div(
            _select("status", "hist.status", statuses),
            _select("method", "adm.method", [(code, f"method.{code}") for code in METHODS]),
            _day("from", "list.from"),
            _day("to", "list.to"),
            class_name="desk-filters",
        ),
        filter_chips(AdminPayments.chips, _chip_words, record(AdminPayments.links)["all"].to(str)),
        role="search",
        class_name="stack",
        custom_attrs={"aria-label": t("list.filters")},
    )


def asked(name: str) -> rx.Var[str]:
    """What the address asks for; empty until the page is alive."""
    return rx.cond(record(AdminPayments.ask)[name], record(AdminPayments.ask)[name], "").to(str)


def _select(name: str, label: str, options: Sequence[tuple[str, str]]) -> rx.Component:
    return filter_select(
        name, label, options, value=asked(name), on_change=lambda value: AdminPayments.narrow(name, value)
    )


def _day(name: str, label: str) -> rx.Component:
    return filter_day(name, label, value=asked(name), on_change=lambda value: AdminPayments.narrow(name, value))


def _chip_words(chip: Any) -> rx.Var[Any]:
    value = chip["value"].to(str)
    local = value + "T12:00:00Z"
    return rx.match(
        chip["name"],
        ("status", rx.cond(rx.Var.create(list(GROUPS)).contains(value), t("adm.group." + value), t("st." + value))),
        ("method", t("method." + value)),
        ("from", t("list.from") + " " + day(local, "UTC")),
        ("to", t("list.to") + " " + day(local, "UTC")),
        "“" + value + "”",
    )

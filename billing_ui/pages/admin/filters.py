"""How the list of payments is narrowed: one box for any number, and choices that stand in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.action import button
from billing_ui.components.browser import SearchBox
from billing_ui.components.field import field
from billing_ui.components.record import record
from billing_ui.components.text import Words, said, t
from billing_ui.rules.lists import LONGEST_SEARCH, SIZES
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payment_lists import GROUPS
from billing_ui.rules.payments import STATUSES
from billing_ui.state.admin_payments import AdminPayments


def filters() -> rx.Component:
    wish = record(AdminPayments.wish)
    search = SearchBox.create(
        value=rx.cond(wish["q"], wish["q"], "").to(str),
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
            _choice("status", "hist.status", _statuses(), wish),
            _choice("method", "adm.method", [(code, t(f"method.{code}")) for code in METHODS], wish),
            _day("from", "adm.from", wish),
            _day("to", "adm.to", wish),
            _choice("per", "list.per_page", [(str(size), rx.Var.create(str(size))) for size in SIZES[1:]], wish),
            class_name="desk-filters",
        ),
        rx.cond(
            AdminPayments.is_narrowed,
            rx.el.div(
                button(
                    "list.clear",
                    on_click=AdminPayments.clear,
                    kind="ghost",
                    size="sm",
                    icon_name="cross",
                    testid="desk-clear-all",
                )
            ),
            rx.fragment(),
        ),
        role="search",
        class_name="stack-sm",
        custom_attrs={"aria-label": t("list.filters")},
    )


def _statuses() -> list[tuple[str, Words]]:
    return [
        *((group, t(f"adm.group.{group}")) for group in GROUPS),
        *((status, t(f"st.{status}")) for status in STATUSES),
    ]


def _choice(name: str, label: str, options: Sequence[tuple[str, Words]], wish: Any) -> rx.Component:
    usual = rx.Var.create(str(SIZES[0])) if name == "per" else t("list.all")
    control = rx.el.select(
        rx.el.option(usual, value=""),
        *[rx.el.option(said(words), value=value) for value, words in options],
        id=name,
        value=rx.cond(wish[name], wish[name].to(str), ""),
        on_change=lambda value: AdminPayments.narrow(name, value),
        class_name="input",
        custom_attrs={"data-testid": f"desk-{name}"},
    )
    return field(label, control, for_=name)


def _day(name: str, label: str, wish: Any) -> rx.Component:
    """What is typed stays the browser's until it is a day: half a year is no reason to empty the box."""
    control = rx.el.input(
        id=name,
        type="date",
        class_name="input",
        default_value=wish[name].to(str),
        key=name + AdminPayments.typed.to(str),
        on_change=lambda value: AdminPayments.narrow(name, value).debounce(300),
        custom_attrs={"data-testid": f"desk-{name}"},
    )
    return field(label, control, for_=name)

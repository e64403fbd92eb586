"""What a payment left behind: attempts, money, refunds, disputes, books, mails, webhooks, jobs, audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from billing_ui.components.action import button, link
from billing_ui.components.code import code_block
from billing_ui.components.marks import badge, status_badge
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.table import table
from billing_ui.components.text import money, num, t, when
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.session import Session

Cell = tuple[Any, str]
_NUMBER, _FEW = 2, 4
_REFUNDS = (
    ("asked", "info", "clock"), ("pending", "info", "clock"), ("unknown", "warn", "clock"),
    ("succeeded", "ok", "check"), ("failed", "bad", "cross"), ("canceled", "", "cross"),
)  # fmt: skip


def traces() -> rx.Component:
    """A part that holds nothing is not shown."""
    return rx.el.div(
        _part("captures", ("adm.time", "adm.gateway_id", "hist.amount", "adm.outcome", "adm.decision"), _capture),
        _part("attempts", ("adm.time", "adm.reference", "hist.amount", "adm.method", "hist.status"), _attempt),
        _part("refunds", ("adm.time", "adm.gateway_id", "hist.amount", "adm.why", "hist.status"), _refund),
        _part("disputes", ("adm.time", "adm.why", "hist.amount", "adm.until", "hist.status"), _dispute),
        _part("entries", ("adm.time", "adm.key", "adm.quantity", "hist.after", "adm.move"), _entry),
        _part("mails", ("adm.time", "adm.mail", "adm.why", "hist.status"), _mail),
        _part("webhooks", ("adm.time", "adm.webhook", "adm.times", "adm.outcome", "adm.acts"), _webhook),
        _part("jobs", ("adm.due", "adm.job", "adm.tries", "adm.last_error", "hist.status"), _job),
        _part("audits", ("adm.time", "adm.audit", "adm.number", "adm.actor", "adm.why"), _audit),
        class_name="stack",
    )


def _part(name: str, heads: Sequence[str], row: Callable[[Any], tuple[Cell, ...]]) -> rx.Component:
    rows = record(AdminPayment.file)[name].to(list[dict[str, Any]])
    titles = [(head, "num" if at == _NUMBER and len(heads) > _FEW else "") for at, head in enumerate(heads)]
    return rx.cond(
        rows.length() > 0,
        card(
            table(f"adm.part.{name}", titles, rx.foreach(rows, lambda each: _row(name, row(each)))),
            title=f"adm.part.{name}",
            class_name="card-table",
            custom_attrs={"data-testid": f"desk-{name}"},
        ),
        rx.fragment(),
    )


def _row(name: str, cells: tuple[Cell, ...]) -> rx.Component:
    return rx.el.tr(
        *[rx.el.td(cell, class_name=place) for cell, place in cells], custom_attrs={"data-testid": f"desk-{name}-row"}
    )


def _cells(
    at: Any, lead: Any, number: Any, rest: Any, mark: Any, *, place: str = "num quiet start"
) -> tuple[Cell, ...]:
    """The five places of a row, which become the corners of a card on a phone; a sentence is better `about`."""
    return (
        (when(at, Session.zone), "quiet tnum"), (lead, "lead"), (number, "num"), (rest, place), (mark, "mark"),
    )  # fmt: skip


def _mono(value: Any) -> rx.Component:
    """A number that may break anywhere."""
    return rx.el.span(value, class_name="mono wrap-any")


def _word(value: Any) -> rx.Component:
    """A name of the code, which stays whole where there is room."""
    return rx.el.span(value, class_name="mono")


def _reason(line: Any) -> rx.Var[str]:
    code = line["because"].to(str)
    return rx.cond(code != "", t("adm.reason_is." + code) + ": ", "") + line["reason"].to(str)


def _attempt(line: Any) -> tuple[Cell, ...]:
    name = link(line["reference"].to(str), "/admin/payments/" + line["id"].to(str) + "/")
    return _cells(
        line["at"], rx.el.span(name, class_name="mono wrap-any"), money(line["amount"].to(int), line["currency"]),
        t("method." + line["method"].to(str)), status_badge(line["status"].to(str)),
    )  # fmt: skip


def _capture(line: Any) -> tuple[Cell, ...]:
    outcome = rx.el.div(
        badge(
            t("adm.outcome_is." + line["outcome"].to(str)), tone=rx.cond(line["outcome"] == "credited", "ok", "warn")
        ),
        rx.cond(line["is_late"], badge("adm.flag.late", tone="info", icon_name="clock"), rx.fragment()),
        class_name="badges",
    )
    decided = rx.el.div(
        rx.el.p(t("adm.decision_is." + line["decision"].to(str))),
        rx.el.p(_reason(line), class_name="fine"),
        rx.el.p(line["decided_by"], class_name="fine mono"),
    )
    waits = rx.cond(
        line["outcome"] == "credited", rx.fragment(), badge("adm.flag.needs_decision", tone="warn", icon_name="alert")
    )
    return _cells(
        line["at"], _mono(line["gateway_payment_id"]), money(line["amount"].to(int), line["currency"]), outcome,
        rx.cond(line["decision"] != "", decided, waits),
    )  # fmt: skip


def _refund(line: Any) -> tuple[Cell, ...]:
    name = rx.cond(line["gateway_refund_id"] != "", line["gateway_refund_id"].to(str), line["id"].to(str))
    why = rx.el.div(
        rx.el.p(_reason(line)),
        rx.cond(line["failure"] != "", rx.el.p(line["failure"], class_name="fine mono"), rx.fragment()),
        rx.el.p(line["by"], class_name="fine mono"),
    )
    status = line["status"].to(str)
    standing = rx.match(
        status,
        *[(name, badge(t(f"adm.refund_is.{name}"), tone=tone, icon_name=look)) for name, tone, look in _REFUNDS],
        badge(t("adm.refund_is." + status)),
    )
    return _cells(
        line["at"], _mono(name), money(line["amount"].to(int), line["currency"]), why,
        rx.el.span(standing, custom_attrs={"data-testid": "desk-refund", "data-status": status}),
        place="about",
    )  # fmt: skip


def _dispute(line: Any) -> tuple[Cell, ...]:
    due = rx.cond(line["due_at"], when(line["due_at"], Session.zone), "")
    return _cells(
        line["at"], line["reason"], money(line["amount"].to(int), line["currency"]), due,
        badge(t("adm.dispute_is." + line["status"].to(str))),
    )  # fmt: skip


def _entry(line: Any) -> tuple[Cell, ...]:
    quantity = rx.cond(
        line["unit"] == "TOKEN",
        t("unit.tokens", tokens=num(line["quantity"].to(int))),
        money(line["quantity"].to(int), line["unit"]),
    )
    move = rx.el.span(line["debit"], " → ", line["credit"], class_name="mono")
    return _cells(line["at"], _mono(line["key"]), quantity, num(line["balance_after"].to(int)), move)


def _mail(line: Any) -> tuple[Cell, ...]:
    what = rx.el.div(
        rx.el.p(line["subject"]),
        rx.el.p(line["to"], class_name="fine wrap-any"),
        rx.el.p(line["template"], class_name="fine mono"),
    )
    why = rx.cond(line["detail"] != "", rx.el.span(line["detail"], class_name="fine wrap-any"), rx.fragment())
    time, lead, _, _, mark = _cells(line["at"], what, "", "", badge(t("adm.mail_is." + line["status"].to(str))))
    return time, lead, (why, ""), mark


def _webhook(line: Any) -> tuple[Cell, ...]:
    number = line["id"].to(int)
    outcome = rx.cond(line["handled_at"], _word(line["outcome"]), t("adm.not_handled"))
    replay = button(
        "adm.replay", on_click=AdminPayment.replay(number), kind="secondary", size="sm",
        disabled=AdminPayment.busy != "", testid="desk-replay",
    )  # fmt: skip
    is_open = record(AdminPayment.raw)["id"] == number
    body = rx.cond(
        is_open,
        button("adm.hide_body", on_click=AdminPayment.hide_body, kind="ghost", size="sm", testid="desk-hide"),
        button("adm.show_body", on_click=AdminPayment.show_body(number), kind="ghost", size="sm", testid="desk-body"),
    )
    acts = rx.el.div(
        rx.el.div(
            rx.cond(AdminDesk.may_recheck, replay, rx.fragment()),
            rx.cond(AdminDesk.may_resolve, body, rx.fragment()),
            class_name="row row-tight",
        ),
        rx.cond(is_open, code_block(record(AdminPayment.raw)["body"].to(str), "adm.body"), rx.fragment()),
        class_name="stack-sm",
    )
    what = rx.el.div(_word(line["event"]), rx.el.p(line["gateway"], " #", number, class_name="fine"))
    return _cells(line["at"], what, num(line["times"].to(int)), outcome, acts)


def _job(line: Any) -> tuple[Cell, ...]:
    return _cells(
        line["due_at"], _mono(line["key"]), num(line["attempts"].to(int)),
        rx.cond(line["last_error"] != "", rx.el.span(line["last_error"], class_name="fine wrap-any"), rx.fragment()),
        badge(t("adm.job_is." + line["state"].to(str))), place="about",
    )  # fmt: skip


def _audit(line: Any) -> tuple[Cell, ...]:
    what = rx.el.div(
        _word(line["action"]),
        rx.cond(line["before"] != "", rx.el.p(line["before"], class_name="fine mono wrap-any"), rx.fragment()),
        rx.cond(line["after"] != "", rx.el.p("→ ", line["after"], class_name="fine mono wrap-any"), rx.fragment()),
    )
    why = rx.cond(line["reason"] != "", rx.el.span(_reason(line)), rx.fragment())
    actor = rx.el.span(line["actor"], class_name="mono wrap-any actor")
    return _cells(line["at"], what, line["id"], actor, why, place="about")

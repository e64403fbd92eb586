"""The pieces carry the hooks that machines read, speak through the catalogue, and bring no foreign library."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import reflex as rx

from billing_ui.components import (
    action,
    choice,
    disclosure,
    document,
    field,
    frame,
    marks,
    notice,
    payment,
    plan_card,
    shell,
    surface,
    switches,
    table,
    verdict,
)
from billing_ui.components.browser import Address, Ago, Toast, Visible
from billing_ui.components.text import money, pair, t, when


class Kit(rx.State):
    """What a page would give to the pieces."""

    ready: rx.Field[bool] = rx.field(False)
    amount: rx.Field[int] = rx.field(0)
    word: rx.Field[str] = rx.field("")
    pairs: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    channels: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)

    @rx.event
    def act(self) -> None:
        self.ready = True

    @rx.event
    def take(self, amount: int) -> None:
        self.amount = amount


def balance() -> shell.Balance:
    return shell.Balance(tokens=Kit.amount, spoken=t("a11y.balance_plain", tokens=Kit.amount), short=Kit.word)


def signed_in() -> rx.Component:
    inside = frame.page_frame(frame.page_head("overview.title"), ready=Kit.ready)
    return shell.app_shell(
        inside, here="overview", brand=Kit.word, balance=balance(), who=Kit.word, sandbox=Kit.ready, on_language=Kit.act
    )


PIECES: dict[str, tuple[Callable[[], rx.Component], tuple[str, ...]]] = {
    "button": (
        lambda: action.button("app.save", on_click=Kit.act, busy=Kit.ready, testid="pay-submit"),
        ("pay-submit",),
    ),
    "copy": (lambda: action.copy_button(Kit.amount, "pay.copy_amount"), ("pay.copy_amount",)),
    "email": (lambda: field.email_field(testid="auth-email"), ("auth-email", "username")),
    "password": (
        lambda: field.password_field(new=True, minimum=10, testid="auth-password"),
        ("auth-password", "new-password"),
    ),
    "form": (lambda: field.native_form(field.hidden("next", "/"), action="/session/sign-in"), ("/session/sign-in",)),
    "amount": (
        lambda: field.amount_field(
            "topup.other", value=Kit.amount, on_amount=Kit.take, hint="app.save", error=Kit.word, testid="amount-other"
        ),
        ("amount-other", "aria-describedby"),
    ),
    "tile": (
        lambda: choice.tile_group(
            "topup.method",
            choice.radio_tile(
                "method",
                "QRIS",
                "method.QRIS",
                checked=Kit.ready,
                on_pick=Kit.act,
                testid="method-QRIS",
                attrs={"data-disabled-reason": Kit.word},
            ),
        ),
        ("method-QRIS", "data-disabled-reason"),
    ),
    "chip": (lambda: choice.chip("list.all", pressed=Kit.ready, on_click=Kit.act), ("aria-pressed",)),
    "status": (lambda: marks.status_badge(Kit.word), ("st.paid", "st.review")),
    "balance": (lambda: surface.balance_stat(Kit.amount, Kit.word, "unit.token_word"), ("balance", "data-value")),
    "meter": (lambda: surface.meter(Kit.amount, tone=Kit.word), ("meter",)),
    "facts": (lambda: surface.facts([("pay.ref", Kit.word)], total=("topup.total", Kit.word)), ("topup.total",)),
    "banner": (lambda: notice.banner(t("err.session"), kind="low", on_dismiss=Kit.act), ("banner", "data-kind")),
    "error": (lambda: notice.error_summary(Kit.word), ("error", "data-code", "Alert")),
    "empty": (lambda: verdict.empty_state("hist.empty"), ("hist.empty",)),
    "section error": (lambda: verdict.error_state(Kit.act), ("err.section",)),
    "not found": (verdict.not_found, ("err.404",)),
    "pager": (
        lambda: table.pager(first=Kit.amount, last=Kit.amount, total=Kit.amount, previous=Kit.word, following=Kit.word),
        ("list.range", "aria-label"),
    ),
    "table": (
        lambda: table.table("hist.caption", [("hist.time", "")], table.skeleton_rows(2, ["lead"])),
        ("hist.caption",),
    ),
    "tabs": (
        lambda: disclosure.tabs("auth.tabs", [("auth.signup", "/", True, "auth-tab-signup")]),
        ("auth-tab-signup",),
    ),
    "modal": (
        lambda: disclosure.modal(
            "pay.cancel_title", opened=Kit.ready, on_close=Kit.act, actions=[action.button("app.close")]
        ),
        ("pay.cancel_title",),
    ),
    "timeline": (lambda: disclosure.timeline(Kit.pairs, pair, "UTC"), ("timeline",)),
    "amount due": (lambda: payment.amount_due(Kit.amount, "IDR"), ("pay-amount", "data-value")),
    "deadline": (lambda: payment.deadline(Kit.word, "UTC", on_done=Kit.act), ("pay.before",)),
    "qris": (
        lambda: payment.qr_card(
            Kit.word,
            payload=Kit.word,
            merchant=Kit.word,
            nmid=Kit.word,
            amount=Kit.amount,
            currency="IDR",
            download="/q",
        ),
        ("pay-qr", "data-payload", "qris.alt"),
    ),
    "va": (
        lambda: payment.va_card(
            Kit.word, Kit.word, bank="BCA", holder=Kit.word, amount=Kit.amount, currency="IDR", channels=Kit.channels
        ),
        ("pay-va", "data-value"),
    ),
    "pay status": (
        lambda: payment.status_line(Kit.word, Kit.word, "pay.waiting"),
        ("pay-status", "data-status", "data-ref"),
    ),
    "plan": (
        lambda: plan_card.price_card(
            slug=Kit.word,
            name=Kit.word,
            tagline="",
            price=money(Kit.amount),
            unit="",
            features=Kit.pairs,
            state=Kit.word,
            highlighted=Kit.ready,
            action=action.button("plan.choose"),
        ),
        ("plan-", "data-state"),
    ),
    "switches": (
        lambda: rx.fragment(switches.language_switch(on_pick=Kit.act), switches.theme_switch()),
        ("lang-id", "lang-en", "theme-light", "theme-dark", "theme-system"),
    ),
    "signed-in shell": (signed_in, ("data-ready", "balance", "signout", "sandbox-ribbon", "/session/sign-out")),
    "public shell": (
        lambda: shell.public_shell(rx.fragment(), brand=Kit.word, sandbox=Kit.ready, support=Kit.word),
        ("lang-id", "theme-dark", "/auth/"),
    ),
    "broken page": (document.broken_page, ("err.page_body",)),
    "small ones": (
        lambda: rx.fragment(
            Ago.create(at=Kit.word),
            Address.create(query=Kit.word),
            Toast.create(t("app.saved"), seq=Kit.amount),
            Visible.create(on_visible=Kit.act),
            rx.el.p(when(Kit.word)),
        ),
        ("t.when",),
    ),
}


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_draws_itself_with_its_hooks(name: str) -> None:
    make, hooks = PIECES[name]
    drawn = json.dumps(make().render(), default=str)
    assert [hook for hook in hooks if hook not in drawn] == []


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_brings_no_foreign_library(name: str) -> None:
    libraries = PIECES[name][0]()._get_all_imports()
    foreign = [
        name for name in libraries if any(bad in name for bad in ("radix", "moment", "sonner", "lucide", "plotly"))
    ]
    assert foreign == []


def test_a_sentence_carries_the_hook_and_the_data_of_its_arguments() -> None:
    sentence = t("pay.before", when=when(Kit.word))
    data = sentence._get_all_var_data()
    assert data is not None
    assert "const t = useT()" in data.hooks
    assert str(sentence).startswith('(t("pay.before"') or str(sentence).startswith('t("pay.before"')
    assert Kit.get_full_name() in data.state


def test_the_head_hides_the_page_only_for_english_readers() -> None:
    script = str(document.head()[0].render())
    assert "langPending" in script
    assert "en" in script

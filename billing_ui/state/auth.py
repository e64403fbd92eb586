"""What the pages of sign-in, reset and verification show. The forms themselves are posted to `web/`, which sets the
cookie and leads back here with a code when it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from billing_ui import runtime
from billing_ui.i18n.load import arguments
from billing_ui.rules.errors import BillingError, leaves
from billing_ui.rules.identity import SHORTEST_PASSWORD
from billing_ui.security.cookies import read_form_cookie
from billing_ui.security.policy import policy
from billing_ui.security.redirects import reset_path, safe_path
from billing_ui.services.sessions import Viewer
from billing_ui.state.feedback import NOTHING
from billing_ui.state.session import enter

TABS = ("signin", "signup")
_CODES = frozenset(leaf.code for leaf in leaves()) | {BillingError.code}
_TEXT_FACTS = ("retry_at", "field", "why")
_LONGEST_FACT = 40
_LONGEST_TOKEN = 64


class AuthState(rx.State):
    """`/auth/`: one card, two ways in."""

    ready: rx.Field[bool] = rx.field(False)
    tab: rx.Field[str] = rx.field(TABS[0])
    email: rx.Field[str] = rx.field("")
    name: rx.Field[str] = rx.field("")
    onward: rx.Field[str] = rx.field("")
    reset_address: rx.Field[str] = rx.field(reset_path(""))
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))

    @rx.event
    @policy("public")
    async def open(self) -> Any:
        """Whoever is signed in already is sent straight on."""
        who = await enter(self)
        query = self.router.url.query_parameters
        if who is not None:
            return rx.redirect(safe_path(_wanted(query)))
        (await self.get_state(ResetState)).token = ""
        self.tab = TABS[1] if query.get("tab") == TABS[1] else TABS[0]
        typed = read_form_cookie(self.router.headers.cookie)
        self.email, self.name = typed.get("email", ""), typed.get("name", "")
        self.onward = safe_path(_wanted(query), fallback="")
        self.reset_address = reset_path(self.onward)
        self.error = _refusal(query, None)
        self.ready = True
        return None


class ResetState(rx.State):
    """`/auth/reset/`: asks for a link, says it was sent, or takes the new password."""

    ready: rx.Field[bool] = rx.field(False)
    phase: rx.Field[str] = rx.field("ask")
    token: rx.Field[str] = rx.field("")
    email: rx.Field[str] = rx.field("")
    onward: rx.Field[str] = rx.field("")
    address: rx.Field[str] = rx.field("")
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))

    @rx.event
    @policy("public")
    async def open(self) -> None:
        """Uses nothing up. The token stays with this tab, because the address bar loses it at once."""
        who = await enter(self)
        query = self.router.url.query_parameters
        self.error = _refusal(query, who)
        self.email = read_form_cookie(self.router.headers.cookie).get("email", "")
        self.onward = safe_path(_wanted(query), fallback="")
        is_over = self.error["code"] == "bad_link" or "sent" in query
        self.token = "" if is_over else _token(query) or self.token
        self.phase = "new" if self.token else "sent" if "sent" in query else "ask"
        self.address = _without_token(query)
        self.ready = True


class VerifyState(rx.State):
    """`/auth/verify/`: proves an address by a button, or helps when the mail does not come."""

    ready: rx.Field[bool] = rx.field(False)
    phase: rx.Field[str] = rx.field("stranger")
    token: rx.Field[str] = rx.field("")
    resent: rx.Field[bool] = rx.field(False)
    typed: rx.Field[str] = rx.field("")
    onward: rx.Field[str] = rx.field(safe_path(None))
    address: rx.Field[str] = rx.field("")
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))

    @rx.event
    @policy("public")
    async def open(self) -> None:
        """Uses nothing up: mail scanners open links, only the button proves anything."""
        who = await enter(self)
        query = self.router.url.query_parameters
        self.error = _refusal(query, who)
        is_over = self.error["code"] != "" or "ok" in query
        self.token = "" if is_over else _token(query) or self.token
        self.resent = "resent" in query
        self.typed = read_form_cookie(self.router.headers.cookie).get("email", "")
        self.onward = safe_path(_wanted(query))
        self.phase = _phase(who, self.token, proven="ok" in query)
        self.address = _without_token(query)
        self.ready = True


def _phase(who: Viewer | None, token: str, *, proven: bool) -> str:
    if token:
        return "confirm"
    if who is None:
        return "proven" if proven else "stranger"
    return "proven" if who.user.is_verified else "waiting"


def _wanted(query: Mapping[str, str]) -> str:
    return query.get("redirect_url") or query.get("next") or ""


def _token(query: Mapping[str, str]) -> str:
    given = query.get("token", "")
    return given if given.isalnum() and len(given) <= _LONGEST_TOKEN else ""


def _without_token(query: Mapping[str, str]) -> str:
    """What the address bar keeps: a token in it would end up in histories and over shoulders."""
    kept = urlencode({name: value for name, value in query.items() if name != "token"})
    return f"?{kept}" if kept else ""


def _refusal(query: Mapping[str, str], who: Viewer | None) -> dict[str, Any]:
    """The address may say anything: only codes that exist are believed, and only facts that a sentence can hold."""
    code = query.get("error", "")
    if code not in _CODES:
        return dict(NOTHING)
    facts: dict[str, Any] = {name: query[name][:_LONGEST_FACT] for name in _TEXT_FACTS if query.get(name)}
    zone = who.account.zone if who else runtime.env().catalogue.zone
    return {"code": code, "args": {"minimum": SHORTEST_PASSWORD, **arguments(facts, zone)}}

"""What follows a customer across all pages: who they are, their balance, their plan, the deployment's notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.limits import CurrentLimits, user_current_limits
from billing_ui.queries.mails import own_stop
from billing_ui.queries.overview import HeadView, head
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import settings
from billing_ui.services.sessions import Viewer
from billing_ui.state import live
from billing_ui.state.labels import pair, worth
from billing_ui.state.limit_labels import limit_name, tightest
from billing_ui.state.notices import notice_for
from billing_ui.state.tabs import Read


@dataclass(frozen=True, slots=True)
class Standing:
    """The account's head, where the operators drew the lines of a low balance, whether mail reaches the reader, and
    which limit nears its end."""

    head: HeadView
    low: int
    critical: int
    is_mail_stopped: bool
    near: dict[str, Any]


def _brand() -> dict[str, str]:
    brand = runtime.env().catalogue.brand
    return {"name": brand.name, "support": brand.support_email, "host": brand.host_app_url}


class Session(rx.State):
    """The part of every page that is about the account. Filled by `enter`, kept true by `live`."""

    # Public facts of the deployment, known before anybody signs in, so that no page jumps when it wakes up.
    brand: rx.Field[dict[str, str]] = rx.field(default_factory=_brand)
    sandbox: rx.Field[bool] = rx.field(default_factory=lambda: runtime.env().config.is_sandbox)
    currency: rx.Field[str] = rx.field(default_factory=lambda: runtime.env().catalogue.currency)
    zone: rx.Field[str] = rx.field(default_factory=lambda: runtime.env().catalogue.zone)
    signed_in: rx.Field[bool] = rx.field(False)
    balance: rx.Field[int] = rx.field(0)
    worth: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    plan: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    user: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    is_verified: rx.Field[bool] = rx.field(True)
    notice: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _dismissed: list[str] = []  # noqa: RUF012 - Reflex copies defaults per tab

    @rx.event
    @policy("user")
    async def dismiss_notice(self) -> None:
        """Hides this notice until something new is to be said."""
        self._dismissed = [*self._dismissed, str(self.notice.get("once", ""))]
        self.notice = {}

    def _show(self, now: Standing) -> None:
        self.balance = now.head.balance
        self.worth = worth(now.head.balance)
        self.plan = {
            "slug": now.head.plan_slug, "kind": now.head.plan_kind, "name": pair(now.head.plan_name),
            "access": now.head.access,
        }  # fmt: skip
        self.notice = notice_for(
            now.head, now.low, now.critical, self.user, self.is_verified, self._dismissed,
            is_mail_stopped=now.is_mail_stopped, near=now.near,
        )  # fmt: skip

    def _show_viewer(self, who: Viewer | None) -> None:
        self.signed_in = who is not None
        if who is None:
            return
        self.user = {
            "name": who.user.name, "email": who.user.email, "language": who.user.language, "theme": who.user.theme,
            "role": who.actor.role or "",
        }  # fmt: skip
        self.zone, self.currency = who.account.zone, who.account.currency
        self.is_verified = who.user.is_verified


async def enter(
    page: rx.State, parts: dict[type[Any], Read] | None = None, topics: tuple[str, ...] = (), *, also: bool = False
) -> Viewer | None:
    """The first line of every page: shows who is signed in, fills the given parts, and keeps them true from now on."""
    who = viewer(page)
    session = await page.get_state(Session)
    session._show_viewer(who)
    wanted: dict[type[Any], Read] = dict(parts or {})
    if who is not None and who.actor.account_id is not None:
        account_id, user_id = who.actor.account_id, who.actor.user_id
        wanted[Session] = lambda: standing(account_id, user_id)
        live.follow(page, {account_id}, who.session_id, wanted, topics, also=also)
    await fill(page, wanted)
    return who


async def fill(page: rx.State, wanted: dict[type[Any], Read]) -> None:
    """Reads the parts in one go outside the event loop, then shows them."""
    fresh = await runtime.run(lambda: {part: read() for part, read in wanted.items()})
    for part, data in fresh.items():
        shown: Any = await page.get_state(part)
        shown._show(data)
    live.remember(page, fresh)


def standing(account_id: int, user_id: int | None) -> Standing:
    env = runtime.env()
    with env.db.read() as tx:
        limits = user_current_limits(tx, env.writer.terms, account_id, env.clock.now())
        return Standing(
            head(tx, account_id),
            int(settings.get(tx, "balance.low_tokens")),
            int(settings.get(tx, "balance.critical_tokens")),
            user_id is not None and own_stop(tx, user_id) != "",
            _near(limits, int(settings.get(tx, "quota.warning_percent"))),
        )


def _near(limits: CurrentLimits, warning_percent: int) -> dict[str, Any]:
    """No figure that moves with each use: an open page is told of it by the percent only."""
    row = tightest(limits, warning_percent)
    if not row:
        return {}
    return {"meter": limit_name(row), **{name: row[name] for name in ("key", "percent", "resets_at")}}

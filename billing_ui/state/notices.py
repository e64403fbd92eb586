"""Which one notice the banner slot shows: the gravest thing that is true and not yet put away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from billing_ui.i18n.load import LANGUAGES, text
from billing_ui.queries.overview import HeadView

_TOPUP = "/subscription/topup/"
_VERIFY = "/auth/verify/"
_SETTINGS = "/settings/"


def notice_for(
    now: HeadView,
    low: int,
    critical: int,
    user: dict[str, str],
    is_verified: bool,
    dismissed: Collection[str],
    *,
    is_mail_stopped: bool = False,
) -> dict[str, Any]:
    """Nothing is said about the balance of somebody who never had one: that is a beginning, not a warning."""
    had_some = bool(now.bought or now.granted)
    choices = [
        (had_some and now.balance <= 0, "empty", "bad", "warn.empty", {}, _TOPUP, "overview.topup"),
        (had_some and now.balance < critical, "critical", "bad", "warn.critical", _left(now), _TOPUP, "overview.topup"),
        (had_some and now.balance < low, "low", "warn", "warn.low", _left(now), _TOPUP, "overview.topup"),
        (
            is_mail_stopped, "mail_stopped", "warn", "notice.mail_stopped", {"email": user.get("email", "")}, _SETTINGS,
            "notice.mail_stopped_action",
        ),
        (
            not is_verified, "unverified", "info", "warn.unverified", {"email": user.get("email", "")}, _VERIFY,
            "warn.unverified_action",
        ),
    ]  # fmt: skip
    for is_true, kind, tone, key, args, href, action in choices:
        if is_true and kind not in dismissed:
            return {"kind": kind, "tone": tone, "key": key, "args": args, "href": href, "action": action}
    return {}


def _left(now: HeadView) -> dict[str, Any]:
    return {"balance": {language: text(language, "unit.tokens", tokens=now.balance) for language in LANGUAGES}}

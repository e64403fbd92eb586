"""Which one notice the banner slot shows: the gravest thing that is true and not yet put away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from billing_ui.i18n.load import LANGUAGES, text
from billing_ui.queries.overview import HeadView

QUOTAS: Final = ("quota_full", "quota_near")
_TOPUP = "/subscription/topup/"
_VERIFY = "/auth/verify/"
_SETTINGS = "/settings/"
_PLANS = "/subscription/plans/"


def notice_for(
    now: HeadView,
    low: int,
    critical: int,
    user: dict[str, str],
    is_verified: bool,
    dismissed: Collection[str],
    *,
    is_mail_stopped: bool = False,
    near: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Nothing is said about the balance of somebody who never had one: that is a beginning, not a warning. `near` is
    the limit that is furthest used up; put away, it comes back with the next threshold and the next period."""
    had_some = bool(now.bought or now.granted)
    quota, percent = near or {}, int((near or {}).get("percent", 0))
    told = _quota(quota, now.zone) if quota else {}
    again = f"{quota.get('key')} {quota.get('resets_at')}"
    tail = "" if quota.get("resets_at") else "_for_good"
    choices = [
        (had_some and now.balance <= 0, "empty", "bad", "warn.empty", {}, _TOPUP, "balance.topup"),
        (had_some and now.balance < critical, "critical", "bad", "warn.critical", _left(now), _TOPUP, "balance.topup"),
        (percent >= 100, "quota_full", "bad", f"warn.q100{tail}", told, _PLANS, "plan.see_all"),
        (bool(quota), "quota_near", "warn", f"warn.q80{tail}", told, _PLANS, "plan.see_all"),
        (had_some and now.balance < low, "low", "warn", "warn.low", _left(now), _TOPUP, "balance.topup"),
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
        once = f"{kind} {again}" if kind in QUOTAS else kind
        if is_true and once not in dismissed:
            shown = {"kind": kind, "tone": tone, "key": key, "args": args, "href": href, "action": action}
            return {**shown, "once": once}
    return {}


def _quota(near: Mapping[str, Any], zone: str) -> dict[str, Any]:
    percent = {language: text(language, "usage.percent", percent=near["percent"]) for language in LANGUAGES}
    return {"meter": near["meter"], "percent": percent, "when": {"when": near["resets_at"], "zone": zone}}


def _left(now: HeadView) -> dict[str, Any]:
    return {"balance": {language: text(language, "unit.tokens", tokens=now.balance) for language in LANGUAGES}}

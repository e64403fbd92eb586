"""Puts what became of an ask into the shapes of the document: the answer, the account after it, and what to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui.env import Env
from billing_ui.i18n.load import text
from billing_ui.queries.host_accounts import HostAccount
from billing_ui.rules.quotas import LimitState
from billing_ui.rules.usage import Cover, Refusal, Standing
from billing_ui.rules.usage_warnings import Thresholds, Warned, warnings
from billing_ui.services.usage import Held, Outcome, Released, Taken

NOTHING = Cover()
_PLACES = {"plans": "/subscription/plans/", "topup": "/subscription/topup/", "overview": "/subscription/overview/"}


class Teller:
    """Tells outcomes about one account to one reader."""

    def __init__(self, env: Env, account: HostAccount, thresholds: Thresholds, language: str | None) -> None:
        self._env = env
        self._account = account
        self._thresholds = thresholds
        self._language = language or account.language
        self._now = env.clock.now()

    def checked(self, outcome: Outcome) -> dict[str, Any]:
        refused = outcome.result if isinstance(outcome.result, Refusal) else None
        covered = outcome.result if isinstance(outcome.result, Cover) else NOTHING
        return {
            "allowed": refused is None, "reason": refused.reason if refused else None, "covered_by": asdict(covered),
            "draws": dict(outcome.draws), "refusal": _refusal(refused) if refused else None,
            **self.standing(outcome, outcome.draws),
        }  # fmt: skip

    def taken(self, outcome: Outcome, taken: Taken) -> dict[str, Any]:
        return {
            "event_id": taken.event_id, "entry": taken.seq, "charged": taken.charged, "draws": dict(taken.draws),
            "covered_by": asdict(taken.cover), "balance_after": taken.balance_after,
            "occurred_at": instant(taken.occurred_at), "replayed": taken.replayed,
            **self.standing(outcome, taken.draws),
        }  # fmt: skip

    def held(self, outcome: Outcome, held: Held) -> dict[str, Any]:
        return {
            "event_id": held.event_id, "state": held.state, "from_lots": held.from_lots, "allowance": held.allowance,
            "draws": dict(held.draws), "expires_at": instant(held.expires_at), "replayed": held.replayed,
            **self.standing(outcome, held.draws),
        }  # fmt: skip

    def released(self, outcome: Outcome, released: Released) -> dict[str, Any]:
        meters = {limit.meter for limit in outcome.standing.terms.limits}
        return {
            "event_id": released.event_id, "state": "released", "replayed": released.replayed,
            **self.standing(outcome, sorted(meters)),
        }  # fmt: skip

    def refused(self, outcome: Outcome, refusal: Refusal) -> dict[str, Any]:
        """What a problem document says beside its code."""
        return {"refusal": _refusal(refusal), **self.standing(outcome, outcome.draws)}

    def title(self, refusal: Refusal) -> str:
        """What happened, what it means for the money, what to do next."""
        ends = "_for_good" if refusal.reason == "quota_exceeded" and refusal.resets_at is None else ""
        facts = {**asdict(refusal), "meter": self._meter(refusal.meter), "resets_at": self._when(refusal.resets_at)}
        return text(self._language, f"refusal.{refusal.reason}{ends}", **facts)

    def standing(self, outcome: Outcome, meters: Iterable[str]) -> dict[str, Any]:
        standing = outcome.standing
        drawn = list(meters)
        warned = warnings(standing, outcome.balance, drawn, self._thresholds, self._now)
        return {
            "account": self._account.public_id, "external_id": self._account.external_id, "balance": outcome.balance,
            "held": outcome.held, "spendable": standing.spendable,
            "allowance_left": standing.allowance_left(self._now, self._now),
            "meters": {meter: meter_of(standing, meter, self._now) for meter in drawn},
            "warnings": [self._warning(each) for each in warned],
        }  # fmt: skip

    def _warning(self, warned: Warned) -> dict[str, Any]:
        facts = {**warned.facts, "percent": warned.percent, "meter": self._meter(warned.facts.get("meter"))}
        ends = "_for_good" if "resets_at" in facts and facts["resets_at"] is None else ""
        if facts.get("resets_at"):
            facts["resets_at"] = self._when(facts["resets_at"])
        return {
            "level": warned.level, "code": warned.code, "percent": warned.percent,
            "text": text(self._language, f"warning.{warned.code}{ends}", **facts),
            "action_url": self._env.config.url(_PLACES[warned.remedy]),
        }  # fmt: skip

    def _meter(self, slug: str | None) -> str:
        meter = self._env.catalogue.meters.get(slug or "")
        return meter.name.said_in(self._language) if meter else slug or ""

    def _when(self, at: datetime | None) -> Mapping[str, str] | None:
        return None if at is None else {"when": at.isoformat(), "zone": self._account.zone}


def meter_of(standing: Standing, meter: str, now: datetime) -> dict[str, Any]:
    """The tightest limit of a meter, and all of them. A meter nobody limits tells the use of the month."""
    limits = standing.limits(meter, now)
    if not limits:
        return {**_unlimited(standing, meter, now), "limits": []}
    told = [_limit(one) for one in limits]
    tightest = min(range(len(limits)), key=lambda at: _room(limits[at]))
    return {**told[tightest], "limits": told}


def _unlimited(standing: Standing, meter: str, now: datetime) -> dict[str, Any]:
    """A paid meter without limits is unlimited; a counted one without any is not in the plan."""
    is_paid = meter == standing.terms.paid
    month = standing.calendar.windows(now)["month"]
    kept = standing.windows.get(meter, {}).get("month")
    return {
        "limit": None if is_paid else 0, "used": kept[1] if kept is not None and kept[0] == month.starts else 0,
        "remaining": None if is_paid else 0, "percent": 0 if is_paid else 100, "unlimited": is_paid,
        "window": "month", "resets_at": instant(month.ends_at),
    }  # fmt: skip


def _limit(one: LimitState) -> dict[str, Any]:
    quantity = one.limit.quantity
    return {
        "limit": quantity if isinstance(quantity, int) else None, "used": one.used, "remaining": one.remaining,
        "percent": one.percent, "unlimited": one.limit.is_unlimited, "window": one.limit.window,
        "resets_at": instant(one.resets_at),
    }  # fmt: skip


def _room(one: LimitState) -> tuple[bool, int]:
    return (one.remaining is None, one.remaining or 0)


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {**asdict(refusal), "resets_at": instant(refusal.resets_at)}


def instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")

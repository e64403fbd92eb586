"""Puts what became of an ask into the shapes of the document: the answer, the account after it, and what to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui.api.meter_answers import instant, meter_told
from billing_ui.env import Env
from billing_ui.i18n.load import text
from billing_ui.queries.host_accounts import HostAccount
from billing_ui.rules.meters import meters
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
            "allowed": refused is None, "reason": refused.reason if refused else None, "covered_by": _covered(covered),
            "draws": dict(outcome.draws), "refusal": _refusal(refused) if refused else None,
            **self.after(outcome, outcome.draws),
        }  # fmt: skip

    def taken(self, outcome: Outcome, taken: Taken) -> dict[str, Any]:
        return {
            "event_id": taken.event_id, "entry": taken.seq, "charged": taken.charged, "draws": dict(taken.draws),
            "covered_by": _covered(taken.cover), "balance_after": taken.balance_after,
            "occurred_at": instant(taken.occurred_at), "replayed": taken.replayed,
            **self.after(outcome, taken.draws),
        }  # fmt: skip

    def held(self, outcome: Outcome, held: Held) -> dict[str, Any]:
        return {
            "event_id": held.event_id, "state": held.state, "from_lots": held.from_lots, "allowance": held.allowance,
            "draws": dict(held.draws), "expires_at": instant(held.expires_at), "replayed": held.replayed,
            **self.after(outcome, held.draws),
        }  # fmt: skip

    def released(self, outcome: Outcome, released: Released) -> dict[str, Any]:
        return {
            "event_id": released.event_id, "state": "released", "replayed": released.replayed,
            **self.after(outcome, None),
        }  # fmt: skip

    def refused(self, outcome: Outcome, refusal: Refusal) -> dict[str, Any]:
        """What a problem document says beside its code."""
        return {"refusal": _refusal(refusal), **self.after(outcome, outcome.draws)}

    def title(self, refusal: Refusal) -> str:
        """What happened, what it means for the money, what to do next."""
        ends = "_for_good" if refusal.reason == "quota_exceeded" and refusal.resets_at is None else ""
        facts = {**asdict(refusal), "meter": self._name(refusal.meter), "resets_at": self._when(refusal.resets_at)}
        return text(self._language, f"refusal.{refusal.reason}{ends}", **facts)

    def after(self, outcome: Outcome, drawn: Iterable[str] | None) -> dict[str, Any]:
        return self.standing(outcome.standing, outcome.balance, outcome.held, drawn)

    def standing(self, standing: Standing, balance: int, held: int, drawn: Iterable[str] | None) -> dict[str, Any]:
        """The account, and the meters that were drawn, or all that its plan knows."""
        states = meters(standing, self._now, drawn)
        left = standing.allowance_left(self._now, self._now)
        warned = warnings(standing, balance, left, states.values(), self._thresholds)
        return {
            "account": self._account.public_id, "external_id": self._account.external_id, "balance": balance,
            "held": held, "spendable": standing.spendable,
            "allowance_left": left,
            "meters": {name: meter_told(standing, state, self._now) for name, state in states.items()},
            "warnings": [self._warning(each) for each in warned],
        }  # fmt: skip

    def _warning(self, warned: Warned) -> dict[str, Any]:
        facts = {**warned.facts, "percent": warned.percent, "meter": self._name(warned.facts.get("meter"))}
        ends = "_for_good" if "resets_at" in facts and facts["resets_at"] is None else ""
        if facts.get("resets_at"):
            facts["resets_at"] = self._when(facts["resets_at"])
        return {
            "level": warned.level, "code": warned.code, "percent": warned.percent,
            "text": text(self._language, f"warning.{warned.code}{ends}", **facts),
            "action_url": self._env.config.url(_PLACES[warned.remedy]),
        }  # fmt: skip

    def _name(self, slug: str | None) -> str:
        meter = self._env.catalogue.meters.get(slug or "")
        return meter.name.said_in(self._language) if meter else slug or ""

    def _when(self, at: datetime | None) -> Mapping[str, str] | None:
        return None if at is None else {"when": at.isoformat(), "zone": self._account.zone}


def _covered(cover: Cover) -> dict[str, int]:
    return {
        "allowance": cover.allowance, "from_lots": cover.from_lots, "overage": cover.overage,
        "uncovered": cover.uncovered,
    }  # fmt: skip


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {**asdict(refusal), "resets_at": instant(refusal.resets_at)}

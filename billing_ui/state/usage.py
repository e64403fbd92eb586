"""The page of use: the plan and how it stands, every limit, what the plan has, and the month by operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.limits import CurrentLimits
from billing_ui.queries.overview_use import UseView, use_view
from billing_ui.queries.plans import PlanCardView, following
from billing_ui.queries.subscriptions import SubscriptionView, subscription_of
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import settings
from billing_ui.state.labels import instant
from billing_ui.state.limit_labels import features, quotas, room_of_quotas, tightest
from billing_ui.state.overview_labels import use
from billing_ui.state.session import enter
from billing_ui.state.usage_labels import meter_name


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page shows at one moment. `following` is the next larger plan that can be had."""

    subscription: SubscriptionView
    following: PlanCardView | None
    use: UseView
    warning_percent: int


class UsageState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    plan: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    limits: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=room_of_quotas)
    features: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    # What is nearly used up, and the plan that has more of it.
    near: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    use: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @policy("user")
    async def open(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id = who.actor.account_id
        await enter(self, {UsageState: lambda: _read(account_id)})
        self.ready = True

    def _show(self, shown: _Shown) -> None:
        rows = quotas(shown.use.limits, shown.warning_percent)
        told = use(shown.use)
        self.plan = _plan(shown.subscription, shown.use.limits)
        self.limits = [row for row in rows if not row["is_feature"]] or _paid_from_balance(shown.use)
        self.features = features(shown.use.limits)
        near, plan = tightest(shown.use.limits, shown.warning_percent), shown.following
        self.near = {**near, "plan": plan.slug, "plan_name": plan.name.pair()} if near and plan else dict(near)
        self.use = {name: told[name] for name in ("meter", "operations", "month", "is_paid")}


def _plan(subscription: SubscriptionView, limits: CurrentLimits) -> dict[str, Any]:
    """The period is the running one of the account's calendar, whatever was written down when the plan began."""
    return {
        "name": subscription.plan.name.pair(), "status": subscription.status, "access": subscription.access,
        "since": instant(subscription.started_at), "starts_at": instant(limits.period_starts_at),
        "ends_at": instant(limits.period_ends_at),
    }  # fmt: skip


def _paid_from_balance(shown: UseView) -> list[dict[str, Any]]:
    """The one row of a plan that neither gives nor limits anything."""
    paid = shown.limits.standing.terms.paid
    if paid is None:
        return []
    return [
        {"key": f"{paid} balance", "name": meter_name(paid), "window": "balance", "used": shown.month.quantity,
         "limit": 0, "percent": 0, "unlimited": True, "is_feature": False, "resets_at": "", "tone": ""}
    ]  # fmt: skip


def _read(account_id: int) -> _Shown:
    env = runtime.env()
    with env.db.read() as tx:
        subscription = subscription_of(tx, account_id)
        return _Shown(
            subscription,
            following(tx, subscription.plan.slug),
            use_view(tx, env.writer.terms, account_id, env.catalogue.main_meter, env.clock.now()),
            int(settings.get(tx, "quota.warning_percent")),
        )

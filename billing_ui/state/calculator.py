"""What the price page's slider counts, by catalogue: things people know, tokens, or the first meter that plans cap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from billing_ui.catalogues.measures import Meter
from billing_ui.catalogues.shape import Catalogue
from billing_ui.kit.amount import ceiling
from billing_ui.queries.plans import PackageView, PlanCardView
from billing_ui.rules.estimates import AnyAmount, Need, Offered, Pack, dial_step
from billing_ui.rules.plans import Ratio

_MOST_THINGS: Final = 40
_FIRST_THINGS: Final = 4


def dial(catalogue: Catalogue, plans: Sequence[PlanCardView]) -> dict[str, Any]:
    """Where the slider begins, ends and stands; empty where nothing can be counted."""
    everyday, meter = catalogue.unit_display.everyday, _meter(catalogue, plans)
    if meter is None:
        return {}
    if everyday is not None:
        words = {"one": everyday.name.one.pair(), "other": everyday.name.other.pair()}
        return {
            "kind": "things", **words, "tokens": everyday.tokens, "minimum": 1, "maximum": _MOST_THINGS, "step": 1,
            "start": _FIRST_THINGS,
        }  # fmt: skip
    marks = sorted(_marks(meter, plans))
    # Tokens can be bought beyond what plans include; a cap is the end.
    end = 2 * marks[-1] if meter.mode == "paid" else marks[-1]
    step = dial_step(end)
    words = {"one": meter.name.pair(), "other": meter.name.pair()}
    return {
        "kind": "tokens" if meter.mode == "paid" else "meter", **words, "tokens": 1, "minimum": step,
        "maximum": end // step * step, "step": step, "start": ceiling(marks[len(marks) // 2], step) * step,
    }  # fmt: skip


def need(catalogue: Catalogue, plans: Sequence[PlanCardView], quantity: int) -> Need | None:
    """What the number under the slider asks of a plan. Numbers outside of it are taken as its ends."""
    shown, meter = dial(catalogue, plans), _meter(catalogue, plans)
    if not shown or meter is None:
        return None
    within = min(max(quantity, shown["minimum"]), shown["maximum"])
    return Need(meter.slug, within * shown["tokens"], is_paid=meter.mode == "paid")


def offered(plans: Iterable[PlanCardView], packages: Iterable[PackageView]) -> list[Offered]:
    """The plans that can be had today, with everything that may be bought on them."""
    alone = tuple(packages)
    return [
        Offered(
            slug=plan.slug,
            kind="free" if plan.kind == "free" else "prepaid" if plan.kind == "prepaid" else "subscription",
            price_amount=plan.price_amount,
            interval="year" if plan.interval == "year" else "month",
            included_tokens=plan.included_tokens,
            limits=plan.limits,
            overage=_overage(plan),
            packs=tuple(Pack(each.amount, each.tokens + each.bonus_tokens) for each in (*plan.options, *alone)),
        )
        for plan in plans
        if not plan.is_disabled
    ]


def any_amount(catalogue: Catalogue) -> AnyAmount | None:
    own = catalogue.custom_amount
    if own is None:
        return None
    return AnyAmount(own.minimum, own.maximum, own.step, own.tokens_num, own.tokens_den)


def _overage(plan: PlanCardView) -> Ratio | None:
    if plan.overage_amount is None or plan.overage_per_tokens is None:
        return None
    return Ratio(plan.overage_amount, plan.overage_per_tokens)


def _meter(catalogue: Catalogue, plans: Sequence[PlanCardView]) -> Meter | None:
    """The paid meter, else the first one that plans cap by the month."""
    meters = catalogue.meters.values()
    paid = next((meter for meter in meters if meter.mode == "paid"), None)
    return paid or next((meter for meter in meters if not meter.is_feature and _marks(meter, plans)), None)


def _marks(meter: Meter, plans: Sequence[PlanCardView]) -> list[int]:
    """The quantities at which one plan stops being enough."""
    if meter.mode == "paid":
        return [plan.included_tokens for plan in plans if plan.included_tokens] or [1_000]
    caps = (limit for plan in plans for limit in plan.limits if limit.meter == meter.slug and limit.window == "month")
    return [cap.quantity for cap in caps if isinstance(cap.quantity, int)]

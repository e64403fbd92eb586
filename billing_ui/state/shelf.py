"""What the price page shows before anybody has asked the database: the catalogue file's own plans. They are part of
the built page, so that search engines read them and nothing moves when the live rows arrive."""

from __future__ import annotations

from dataclasses import dataclass

from billing_ui.catalogues.shape import Catalogue, Plan, TopupOption
from billing_ui.queries.plans import PackageView, PlanCardView


@dataclass(frozen=True, slots=True)
class Shelf:
    """Plans and packages on sale, and the plan of whoever looks."""

    cards: tuple[PlanCardView, ...]
    packages: tuple[PackageView, ...]
    current: str | None = None


def as_filed(catalogue: Catalogue) -> Shelf:
    """The shelf as the file fills it."""
    alone = (
        PackageView(
            each.slug, 0, None, each.amount, catalogue.currency, each.tokens, each.bonus_tokens, each.validity_days,
            each.name, each.is_popular, each.is_disabled,
        )
        for each in catalogue.packages
        if not each.is_disabled
    )  # fmt: skip
    return Shelf(
        tuple(_card(catalogue, plan) for plan in catalogue.plans.values() if not plan.is_unlisted), tuple(alone)
    )


def _card(catalogue: Catalogue, plan: Plan) -> PlanCardView:
    return PlanCardView(
        slug=plan.slug,
        version=0,
        kind=plan.kind,
        name=plan.name,
        tagline=plan.tagline,
        price_amount=plan.price_amount,
        currency=catalogue.currency,
        price_unit=plan.price_unit,
        interval=plan.interval,
        trial_days=plan.trial_days,
        features=plan.features,
        limits=plan.limits,
        included_tokens=plan.included_tokens,
        overage_amount=plan.overage.price_amount if plan.overage else None,
        overage_per_tokens=plan.overage.per_tokens if plan.overage else None,
        options=tuple(_option(catalogue, plan.slug, option) for option in plan.topup_options),
        cta_text=plan.cta.text,
        cta_href=plan.cta.href,
        is_highlighted=plan.is_highlighted,
        is_disabled=plan.is_disabled,
    )


def _option(catalogue: Catalogue, plan_slug: str, option: TopupOption) -> PackageView:
    return PackageView(
        option.slug, 0, plan_slug, option.amount, catalogue.currency, option.tokens, option.bonus_tokens,
        option.validity_days, option.label, option.is_popular, is_disabled=False,
    )  # fmt: skip

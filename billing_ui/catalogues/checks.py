"""Checks what no single key can: that every name points at something, and that the whole hangs together."""

from __future__ import annotations

from collections.abc import Iterable

from billing_ui.catalogues.reader import Table
from billing_ui.catalogues.shape import Catalogue, Plan
from billing_ui.catalogues.usage import BUILT_IN_UNITS


def check(top: Table, catalogue: Catalogue) -> None:
    _check_plans_exist(top, catalogue)
    _check_units(top, catalogue)
    _check_operations(top, catalogue)
    _check_rate_cards(top, catalogue)
    _check_offers(top, catalogue)
    for slug, plan in catalogue.plans.items():
        _check_limits(top, catalogue, f"plans.{slug}", plan)


def _check_plans_exist(top: Table, catalogue: Catalogue) -> None:
    if not catalogue.plans:
        top.refuse("plans", "at least one plan is needed")
    for key in ("default_plan", "plan_after_cancel", "plan_after_first_topup"):
        slug: str | None = getattr(catalogue, key)
        if slug is None:
            continue
        if slug not in catalogue.plans:
            top.refuse(key, f"there is no plan {slug!r}; the plans are {', '.join(catalogue.plans)}")
        if catalogue.plans[slug].is_disabled:
            top.refuse(key, f"the plan {slug!r} is disabled")
    first = catalogue.plans[catalogue.default_plan]
    if first.price_amount > 0 and first.trial_days == 0:
        top.refuse(
            "default_plan", f"{first.slug!r} costs money, so it needs trial_days: nobody is billed for signing up"
        )


def _check_units(top: Table, catalogue: Catalogue) -> None:
    known = (*BUILT_IN_UNITS, *catalogue.units)
    for slug, meter in catalogue.meters.items():
        if meter.unit not in known:
            top.refuse(f"meters.{slug}.unit", f"there is no unit {meter.unit!r}; the units are {', '.join(known)}")
        if meter.mode == "paid" and (meter.unit != "TOKEN" or meter.is_feature):
            top.refuse(f"meters.{slug}.mode", "only tokens are paid for; everything else is counted")
    paid = [slug for slug, meter in catalogue.meters.items() if meter.mode == "paid"]
    if len(paid) > 1:
        top.refuse("meters", f"only one meter may be paid, not {' and '.join(paid)}")


def _check_operations(top: Table, catalogue: Catalogue) -> None:
    for slug, operation in catalogue.operations.items():
        where = f"operations.{slug}.draws"
        if not operation.draws:
            top.refuse(where, "an operation draws at least one meter")
        for meter, draw in operation.draws.items():
            _check_known(top, f"{where}.{meter}", meter, catalogue.meters, "meter")
            if draw == "rated" and catalogue.meters[meter].mode != "paid":
                top.refuse(f"{where}.{meter}", "only a paid meter is drawn by the rate card")
    for place, slug in enumerate(catalogue.limited_operations):
        _check_known(top, f"limited_operations[{place}]", slug, catalogue.operations, "operation")


def _check_rate_cards(top: Table, catalogue: Catalogue) -> None:
    rated = [slug for slug, operation in catalogue.operations.items() if "rated" in operation.draws.values()]
    if rated and not catalogue.rate_cards:
        top.refuse("rate_cards", f"the operation {rated[0]!r} needs a rate card")
    versions = [card.version for card in catalogue.rate_cards]
    begins = [card.valid_from for card in catalogue.rate_cards]
    if versions != sorted(set(versions)) or begins != sorted(set(begins)):
        top.refuse("rate_cards", "versions and valid_from must both rise from card to card")
    for place, card in enumerate(catalogue.rate_cards):
        where = f"rate_cards[{place}]"
        seen: set[tuple[str | None, str | None]] = set()
        for index, rate in enumerate(card.rates):
            if rate.operation is not None:
                _check_known(
                    top, f"{where}.rates[{index}].operation", rate.operation, catalogue.operations, "operation"
                )
            if (rate.operation, rate.model) in seen:
                top.refuse(f"{where}.rates[{index}]", "this operation and model already have a rate")
            seen.add((rate.operation, rate.model))
        for slug in rated:
            if not {(slug, None), (None, None)} & seen:
                top.refuse(f"{where}.rates", f"the operation {slug!r} has no rate for a model nobody named")


def _check_offers(top: Table, catalogue: Catalogue) -> None:
    slugs = [package.slug for package in catalogue.packages]
    for plan in catalogue.plans.values():
        _check_popular(top, f"plans.{plan.slug}.topup_options", [option.is_popular for option in plan.topup_options])
        slugs += [option.slug for option in plan.topup_options]
    _check_popular(top, "packages", [package.is_popular for package in catalogue.packages])
    for slug in slugs:
        if slugs.count(slug) > 1:
            top.refuse("packages", f"two things that sell tokens are both called {slug!r}")
    if sum(plan.is_highlighted for plan in catalogue.plans.values()) > 1:
        top.refuse("plans", "only one plan may be highlighted")
    if slugs and not any(meter.mode == "paid" for meter in catalogue.meters.values()):
        top.refuse("meters", "tokens are sold, so one meter must be paid")


def _check_popular(top: Table, where: str, marks: list[bool]) -> None:
    if sum(marks) > 1:
        top.refuse(where, "only one may be popular")


def _check_limits(top: Table, catalogue: Catalogue, where: str, plan: Plan) -> None:
    seen: set[tuple[str, str]] = set()
    for place, limit in enumerate(plan.limits):
        _check_known(top, f"{where}.limits[{place}].meter", limit.meter, catalogue.meters, "meter")
        if (limit.meter, limit.window) in seen:
            top.refuse(f"{where}.limits[{place}]", f"{limit.meter} per {limit.window} is limited twice")
        seen.add((limit.meter, limit.window))
    if plan.included_tokens and not any(meter.mode == "paid" for meter in catalogue.meters.values()):
        top.refuse(f"{where}.included_tokens", "tokens are included, so one meter must be paid")


def _check_known(top: Table, where: str, slug: str, known: Iterable[str], what: str) -> None:
    if slug not in known:
        top.refuse(where, f"there is no {what} {slug!r}; known are {', '.join(known)}")

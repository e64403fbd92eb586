"""A plan or package of the file in the shape of the row it is sold as, with a hash that tells whether it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from billing_ui.catalogues.shape import Catalogue, Package, Plan, TopupOption

Row = dict[str, Any]


def plan_rows(catalogue: Catalogue) -> dict[str, Row]:
    """Every plan by its slug, in the order of the file."""
    return {
        plan.slug: _plan_row(plan, place, catalogue.currency)
        for place, plan in enumerate(catalogue.plans.values(), start=1)
    }


def package_rows(catalogue: Catalogue) -> dict[str, Row]:
    """Everything that sells tokens: the options of each plan, then the packages that stand alone."""
    return {row["slug"]: row for row in (*_option_rows(catalogue), *_package_rows(catalogue))}


def content_hash(row: Row) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plan_row(plan: Plan, place: int, currency: str) -> Row:
    return {
        "slug": plan.slug,
        "kind": plan.kind,
        "position": place,
        "price_amount": plan.price_amount,
        "currency": currency,
        "interval": plan.interval,
        "included_tokens": plan.included_tokens,
        "overage_num": plan.overage.price_amount if plan.overage else None,
        "overage_den": plan.overage.per_tokens if plan.overage else None,
        "is_highlighted": plan.is_highlighted,
        "is_disabled": plan.is_disabled,
        "terms": {
            "name": plan.name.pair(),
            "tagline": plan.tagline.pair(),
            "price_unit": plan.price_unit.pair(),
            "features": [feature.pair() for feature in plan.features],
            "cta": {"text": plan.cta.text.pair(), "href": plan.cta.href},
            "limits": [limit.stored() for limit in plan.limits],
            "trial_days": plan.trial_days,
            "is_unlisted": plan.is_unlisted,
            "gateway_prices": dict(plan.gateway_prices),
        },
    }


def _option_rows(catalogue: Catalogue) -> Iterator[Row]:
    for plan in catalogue.plans.values():
        for place, option in enumerate(plan.topup_options, start=1):
            yield _sold(option, catalogue.currency, place) | {
                "plan_slug": plan.slug,
                "is_disabled": False,
                "terms": {"label": option.label.pair(), "gateway_prices": {}},
            }


def _package_rows(catalogue: Catalogue) -> Iterator[Row]:
    for place, package in enumerate(catalogue.packages, start=1):
        yield _sold(package, catalogue.currency, place) | {
            "plan_slug": None,
            "is_disabled": package.is_disabled,
            "terms": {"label": package.name.pair(), "gateway_prices": dict(package.gateway_prices)},
        }


def _sold(sold: TopupOption | Package, currency: str, place: int) -> Row:
    return {
        "slug": sold.slug,
        "position": place,
        "price_amount": sold.amount,
        "currency": currency,
        "tokens": sold.tokens,
        "bonus_tokens": sold.bonus_tokens,
        "validity_days": sold.validity_days,
        "is_popular": sold.is_popular,
    }

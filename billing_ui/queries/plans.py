"""What is sold now, as frozen views: the same rows for the price page, the plans hub and the API."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import PlanVersion, TokenPackage
from billing_ui.models.types import JsonMap
from billing_ui.rules.plans import Limit
from billing_ui.rules.words import Text


@dataclass(frozen=True, slots=True)
class PackageView:
    """Tokens for money: a plan's top-up option, or a package that stands alone (`plan_slug` is None)."""

    slug: str
    version: int
    plan_slug: str | None
    amount: int
    currency: str
    tokens: int
    bonus_tokens: int
    validity_days: int | None
    label: Text
    is_popular: bool
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class PlanCardView:
    """One plan as its card shows it. A limit's quantity is a number or UNLIMITED, never -1."""

    slug: str
    version: int
    kind: str
    name: Text
    tagline: Text
    price_amount: int
    currency: str
    price_unit: Text
    interval: str | None
    trial_days: int
    features: tuple[Text, ...]
    limits: tuple[Limit, ...]
    included_tokens: int
    overage_amount: int | None
    overage_per_tokens: int | None
    options: tuple[PackageView, ...]
    cta_text: Text
    cta_href: str
    is_highlighted: bool
    is_disabled: bool


def cards(tx: Tx) -> tuple[PlanCardView, ...]:
    """The plans that are offered, in the catalogue's order. Plans nobody can choose are left out."""
    options = _packages(tx)
    query = select(PlanVersion).where(col(PlanVersion.valid_to).is_(None)).order_by(col(PlanVersion.position))
    return tuple(_card(row, options) for row in tx.scalars(query) if not row.terms.get("is_unlisted"))


def following(tx: Tx, slug: str) -> PlanCardView | None:
    """The next plan in the catalogue's order that can be had today; None behind the last one."""
    offered = cards(tx)
    place = next((number for number, plan in enumerate(offered) if plan.slug == slug), len(offered))
    return next((plan for plan in offered[place + 1 :] if plan.options and not plan.is_disabled), None)


def plan_by_slug(tx: Tx, slug: str) -> PlanCardView | None:
    """One plan as it is sold now, offered or not."""
    query = select(PlanVersion).where(col(PlanVersion.valid_to).is_(None), col(PlanVersion.slug) == slug)
    row = tx.scalars(query).first()
    return None if row is None else _card(row, _packages(tx))


def plan_by_version(tx: Tx, plan_version_id: int) -> PlanCardView | None:
    """A plan as it was sold to someone, whatever is sold now."""
    row = tx.get(PlanVersion, plan_version_id)
    return None if row is None else _card(row, _packages(tx))


def packages(tx: Tx) -> tuple[PackageView, ...]:
    """The token packages that stand alone and are on sale."""
    return tuple(view for view in _packages(tx) if view.plan_slug is None and not view.is_disabled)


def _packages(tx: Tx) -> tuple[PackageView, ...]:
    query = select(TokenPackage).where(col(TokenPackage.valid_to).is_(None)).order_by(col(TokenPackage.position))
    return tuple(_package(row) for row in tx.scalars(query))


def _package(row: TokenPackage) -> PackageView:
    return PackageView(
        slug=row.slug,
        version=row.version,
        plan_slug=row.plan_slug,
        amount=row.price_amount,
        currency=row.currency,
        tokens=row.tokens,
        bonus_tokens=row.bonus_tokens,
        validity_days=row.validity_days,
        label=Text.of(row.terms["label"]),
        is_popular=row.is_popular,
        is_disabled=row.is_disabled,
    )


def _card(row: PlanVersion, options: tuple[PackageView, ...]) -> PlanCardView:
    terms: JsonMap = row.terms
    return PlanCardView(
        slug=row.slug,
        version=row.version,
        kind=row.kind,
        name=Text.of(terms["name"]),
        tagline=Text.of(terms["tagline"]),
        price_amount=row.price_amount,
        currency=row.currency,
        price_unit=Text.of(terms["price_unit"]),
        interval=row.interval,
        trial_days=terms["trial_days"],
        features=tuple(Text.of(feature) for feature in terms["features"]),
        limits=tuple(Limit.of(limit) for limit in terms["limits"]),
        included_tokens=row.included_tokens,
        overage_amount=row.overage_num,
        overage_per_tokens=row.overage_den,
        options=tuple(view for view in options if view.plan_slug == row.slug and not view.is_disabled),
        cta_text=Text.of(terms["cta"]["text"]),
        cta_href=terms["cta"]["href"],
        is_highlighted=row.is_highlighted,
        is_disabled=row.is_disabled,
    )

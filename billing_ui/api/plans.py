"""The host app asks what is sold: the same rows as on the pricing page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Security
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.api import account_documents as documents
from billing_ui.api.auth import ReadingRoute, bearer, needs
from billing_ui.env import Env
from billing_ui.queries.plans import PackageView, PlanCardView, cards, packages, plan_by_slug
from billing_ui.rules.errors import NotFound

router = APIRouter(route_class=ReadingRoute, prefix="/api/billing", tags=["plans"], dependencies=[Security(bearer)])
_LONGEST_SLUG = 100


@router.get("/plans", summary="What is sold", responses=documents.PLANS_ANSWERS, openapi_extra=needs("usage:read"))
async def plans() -> JSONResponse:
    """The plans on offer and the token packages that stand alone."""
    return JSONResponse(await runtime.run(_read, runtime.env()))


@router.get("/plans/{slug}", summary="One plan", responses=documents.PLAN_ANSWERS, openapi_extra=needs("usage:read"))
async def plan(slug: str) -> JSONResponse:
    """One plan as it is sold now, offered or not."""
    return JSONResponse(await runtime.run(_read_one, runtime.env(), slug))


def _read(env: Env) -> dict[str, Any]:
    with env.db.read() as tx:
        return {"plans": [offer(card) for card in cards(tx)], "packages": _packages(packages(tx))}


def _read_one(env: Env, slug: str) -> dict[str, Any]:
    with env.db.read() as tx:
        card = plan_by_slug(tx, slug) if slug.isprintable() and len(slug) <= _LONGEST_SLUG else None
    if card is None:
        raise NotFound(what="plan")
    return offer(card)


def offer(card: PlanCardView) -> dict[str, Any]:
    limits = ((limit, limit.quantity) for limit in card.limits)
    return {
        "slug": card.slug, "version": card.version, "kind": card.kind, "name": card.name.pair(),
        "tagline": card.tagline.pair(), "amount": card.price_amount, "currency": card.currency,
        "price_unit": card.price_unit.pair(), "interval": card.interval, "trial_days": card.trial_days,
        "features": [feature.pair() for feature in card.features],
        "limits": [
            {"meter": limit.meter, "window": limit.window, "quantity": much if isinstance(much, int) else None}
            for limit, much in limits
        ],
        "included_tokens": card.included_tokens, "overage_amount": card.overage_amount,
        "overage_per_tokens": card.overage_per_tokens, "topup_options": _packages(card.options),
        "highlighted": card.is_highlighted, "available": not card.is_disabled,
    }  # fmt: skip


def _packages(views: Iterable[PackageView]) -> list[dict[str, Any]]:
    return [
        {
            "slug": view.slug, "amount": view.amount, "currency": view.currency, "tokens": view.tokens,
            "bonus_tokens": view.bonus_tokens, "validity_days": view.validity_days, "label": view.label.pair(),
            "popular": view.is_popular,
        }
        for view in views
    ]  # fmt: skip

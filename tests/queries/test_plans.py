"""The price page, the hub and the API see the same rows, whole and in both languages."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from billing_ui.catalogues.load import load
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.models import PlanVersion, TokenPackage
from billing_ui.queries import plans as sold
from billing_ui.rules.access import system
from billing_ui.rules.plans import UNLIMITED, Limit
from billing_ui.rules.words import Text
from billing_ui.services import plans
from tests.catalogues.desk import desk, edited, selling

ACTOR = system("test")


def selling_now(db: Database, name: str) -> Env:
    env = desk(db, load(name))
    plans.apply(env, ACTOR)
    return env


def test_cards_stand_in_the_order_of_the_file_with_all_they_show(db: Database) -> None:
    env = selling_now(db, "makalah")
    with env.db.read() as tx:
        gratis, bpp, pro = sold.cards(tx)
    assert [gratis.slug, bpp.slug, pro.slug] == ["gratis", "bpp", "pro"]
    assert (gratis.kind, gratis.price_amount, gratis.currency, gratis.interval) == ("free", 0, "IDR", None)
    assert gratis.name == Text("Gratis", "Free")
    assert gratis.included_tokens == 100_000
    assert Limit("tokens", "day", 20_000) in gratis.limits
    assert (bpp.is_highlighted, bpp.price_unit.id) == (True, "per paper")
    assert (bpp.cta_text.id, bpp.cta_href) == ("Pilih Paket", "/auth/?redirect_url=/subscription/plans")
    assert (pro.is_disabled, pro.cta_text.id, pro.interval) == (True, "Segera Hadir", "month")


def test_options_stand_with_their_plan_and_not_among_the_packages(db: Database) -> None:
    env = selling_now(db, "makalah")
    with env.db.read() as tx:
        cards, alone = sold.cards(tx), sold.packages(tx)
    options = {card.slug: [(view.slug, view.tokens, view.is_popular) for view in card.options] for card in cards}
    assert options == {
        "gratis": [],
        "bpp": [
            ("bpp-25000", 250_000, False),
            ("bpp-50000", 500_000, True),
            ("bpp-100000", 1_000_000, False),
        ],
        "pro": [],
    }
    assert cards[1].options[0].label == Text("Rp 25.000", "IDR 25,000")
    assert alone == ()


def test_packages_that_stand_alone_show_bonus_and_validity(db: Database) -> None:
    env = selling_now(db, "studio")
    with env.db.read() as tx:
        views = sold.packages(tx)
    assert [(view.slug, view.amount, view.tokens, view.bonus_tokens, view.validity_days) for view in views] == [
        ("small", 500, 50_000, 0, None),
        ("medium", 2_000, 200_000, 20_000, None),
        ("large", 5_000, 500_000, 100_000, None),
        ("studio", 10_000, 1_000_000, 300_000, 365),
    ]
    assert all(view.currency == "USD" and view.plan_slug is None for view in views)


def test_a_plan_nobody_is_offered_has_no_card_and_can_still_be_read(db: Database) -> None:
    env = selling_now(db, "interview")
    with env.db.read() as tx:
        assert [card.slug for card in sold.cards(tx)] == ["starter", "professional", "premium"]
        ended = sold.plan_by_slug(tx, "ended")
    assert ended is not None
    assert ended.limits == ()


def test_unlimited_is_a_type_and_never_minus_one(db: Database) -> None:
    env = selling_now(db, "interview")
    with env.db.read() as tx:
        premium = sold.plan_by_slug(tx, "premium")
    assert premium is not None
    by_meter = {limit.meter: limit for limit in premium.limits}
    assert by_meter["interviews_per_day"].quantity is UNLIMITED
    assert by_meter["interviews_per_day"].is_unlimited
    assert by_meter["minutes_per_month"].quantity == 2_500


def test_overage_and_trial_stand_on_the_card(db: Database) -> None:
    env = selling_now(db, "enterprise")
    with env.db.read() as tx:
        free, pro, _enterprise = sold.cards(tx)
    assert (pro.overage_amount, pro.overage_per_tokens, pro.included_tokens) == (10, 1_000, 50_000)
    assert (free.overage_amount, free.overage_per_tokens) == (None, None)


def test_an_edit_shows_the_new_version_while_the_old_one_can_still_be_read(db: Database, tmp_path: Path) -> None:
    env = selling_now(db, "makalah")
    with env.db.read() as tx:
        first_id = plans.current_version(tx, "pro").id
    plans.apply(selling(env, edited(tmp_path, "makalah", ("price = 199_000", "price = 149_000"))), ACTOR)
    assert first_id is not None
    with env.db.read() as tx:
        now, then = sold.plan_by_slug(tx, "pro"), sold.plan_by_version(tx, first_id)
    assert now is not None
    assert then is not None
    assert (now.version, now.price_amount) == (2, 149_000)
    assert (then.version, then.price_amount) == (1, 199_000)


def test_what_is_switched_off_is_not_offered(db: Database) -> None:
    env = selling_now(db, "studio")
    with env.db.begin() as tx:
        tx.execute(update(TokenPackage).where(col(TokenPackage.slug) == "small").values(is_disabled=True))
        tx.execute(update(PlanVersion).values(is_disabled=True))
    with env.db.read() as tx:
        assert "small" not in [view.slug for view in sold.packages(tx)]
        assert [card.is_disabled for card in sold.cards(tx)] == [True]


@pytest.mark.parametrize("ask", [lambda tx: sold.plan_by_slug(tx, "gold"), lambda tx: sold.plan_by_version(tx, 99)])
def test_an_unknown_plan_is_none(db: Database, ask: object) -> None:
    assert callable(ask)
    with selling_now(db, "makalah").db.read() as tx:
        assert ask(tx) is None

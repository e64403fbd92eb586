"""The four shipped catalogues say what the product promises, figure by figure."""

from datetime import UTC, datetime

import pytest

from billing_ui.catalogues.load import load, shipped
from billing_ui.catalogues.measures import Rate, RateCard
from billing_ui.catalogues.shape import Catalogue
from billing_ui.kit.amount import Amount
from billing_ui.rules.plans import UNLIMITED, Limit

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def limits_of(catalogue: Catalogue, plan: str) -> set[Limit]:
    return set(catalogue.plans[plan].limits)


def test_four_catalogues_are_shipped() -> None:
    assert shipped() == ("enterprise", "interview", "makalah", "studio")


@pytest.mark.parametrize("name", shipped())
def test_a_file_is_called_as_the_catalogue_in_it(name: str) -> None:
    assert load(name).name == name


@pytest.mark.parametrize(
    ("name", "currency", "zone", "first", "after_cancel"),
    [
        ("makalah", "IDR", "Asia/Jakarta", "gratis", "gratis"),
        ("interview", "USD", "UTC", "starter", "ended"),
        ("enterprise", "IDR", "Asia/Jakarta", "free", "free"),
        ("studio", "USD", "UTC", "payg", "payg"),
    ],
)
def test_each_catalogue_names_its_currency_zone_and_first_plan(
    name: str, currency: str, zone: str, first: str, after_cancel: str
) -> None:
    catalogue = load(name)
    assert (catalogue.currency, catalogue.zone) == (currency, zone)
    assert (catalogue.default_plan, catalogue.plan_after_cancel) == (first, after_cancel)


def test_makalah_sells_three_plans_and_highlights_the_one_paid_per_paper() -> None:
    plans = load("makalah").plans
    assert [(plan.slug, plan.kind) for plan in plans.values()] == [
        ("gratis", "free"), ("bpp", "prepaid"), ("pro", "subscription"),
    ]  # fmt: skip
    assert [plan.slug for plan in plans.values() if plan.is_highlighted] == ["bpp"]
    assert [plan.slug for plan in plans.values() if plan.is_disabled] == ["pro"]
    assert [plans[slug].cta.text.id for slug in plans] == ["Coba Sekarang", "Pilih Paket", "Segera Hadir"]
    assert plans["bpp"].cta.href == "/auth/?redirect_url=/subscription/plans"


def test_makalah_sells_ten_tokens_a_rupiah_in_three_amounts() -> None:
    catalogue = load("makalah")
    options = catalogue.plans["bpp"].topup_options
    assert [(option.slug, option.amount, option.tokens, option.is_popular) for option in options] == [
        ("bpp-25000", 25_000, 250_000, False),
        ("bpp-50000", 50_000, 500_000, True),
        ("bpp-100000", 100_000, 1_000_000, False),
    ]
    assert all(catalogue.worth(option.tokens) == Amount(option.amount, "IDR") for option in options)
    assert catalogue.custom_amount is not None
    assert catalogue.custom_amount.tokens(37_000) == 370_000
    assert catalogue.plan_after_first_topup == "bpp"


def test_makalah_limits_tokens_by_day_and_month_on_every_tier() -> None:
    plans = load("makalah").plans
    for plan in plans.values():
        assert {(limit.meter, limit.window) for limit in plan.limits} == {("tokens", "day"), ("tokens", "month")}
    assert plans["gratis"].included_tokens > 0
    assert plans["bpp"].included_tokens == 0


def test_makalah_knows_its_operations_and_speaks_as_makalah_ai() -> None:
    catalogue = load("makalah")
    assert set(catalogue.operations) == {"chat", "paper_stage", "search", "refrasa"}
    assert catalogue.brand.name == "Makalah AI"
    assert catalogue.brand.mail_cta["payment_success"].id == "Mulai Menyusun Paper"
    assert catalogue.brand.mail_cta["payment_failed"].id == "Coba Lagi"


def test_interview_prices_and_limits() -> None:
    catalogue = load("interview")
    prices = {slug: plan.price_amount for slug, plan in catalogue.plans.items() if not plan.is_unlisted}
    assert prices == {"starter": 3_000, "professional": 5_000, "premium": 9_900}
    assert catalogue.plans["starter"].trial_days == 14
    assert limits_of(catalogue, "starter") == {
        Limit("minutes_per_month", "month", 300),
        Limit("interviews_per_day", "day", 3),
        Limit("detailed_analysis_per_month", "month", 5),
    }
    assert limits_of(catalogue, "professional") == {
        Limit("minutes_per_month", "month", 800),
        Limit("interviews_per_day", "day", 10),
        Limit("detailed_analysis_per_month", "month", 25),
        Limit("video_review_per_month", "month", 10),
    }
    assert limits_of(catalogue, "premium") == {
        Limit("minutes_per_month", "month", 2_500),
        Limit("interviews_per_day", "day", UNLIMITED),
        Limit("detailed_analysis_per_month", "month", UNLIMITED),
        Limit("video_review_per_month", "month", UNLIMITED),
        Limit("advanced_analytics", "total", UNLIMITED),
    }


def test_interview_counts_five_usage_types_and_a_session_draws_two_of_them() -> None:
    catalogue = load("interview")
    assert set(catalogue.meters) == {
        "minutes_per_month", "interviews_per_day", "detailed_analysis_per_month", "video_review_per_month",
        "advanced_analytics",
    }  # fmt: skip
    assert {meter.mode for meter in catalogue.meters.values()} == {"counted"}
    assert catalogue.operations["interview_session"].draws == {
        "minutes_per_month": "quantity", "interviews_per_day": 1,
    }  # fmt: skip


def test_an_account_that_left_interview_rests_on_a_plan_nobody_is_offered() -> None:
    ended = load("interview").plans["ended"]
    assert (ended.price_amount, ended.limits, ended.is_unlisted) == (0, (), True)


def test_enterprise_prices_allowances_and_overage() -> None:
    catalogue = load("enterprise", {"STRIPE_PRICE_PRO": "price_1"})
    assert {slug: (plan.price_amount, plan.included_tokens) for slug, plan in catalogue.plans.items()} == {
        "free": (0, 500), "pro": (299_000, 50_000), "enterprise": (999_000, 500_000),
    }  # fmt: skip
    rates = {slug: plan.overage and (plan.overage.price_amount, plan.overage.per_tokens)
             for slug, plan in catalogue.plans.items()}  # fmt: skip
    assert rates == {"free": None, "pro": (10, 1_000), "enterprise": (10, 1_000)}
    assert catalogue.plans["pro"].gateway_prices == {"stripe": "price_1"}
    assert catalogue.plans["enterprise"].gateway_prices == {}


def test_studio_rates_six_operations_by_tokens_and_two_at_a_fixed_cost() -> None:
    catalogue = load("studio")
    card = catalogue.rate_card(NOW)
    assert card is not None
    fixed = {slug: rate.fixed_tokens for slug in catalogue.operations if (rate := card.rate(slug, "any-model"))}
    assert {slug for slug, tokens in fixed.items() if tokens} == {"image_openai", "image_google"}
    assert {slug for slug, tokens in fixed.items() if not tokens} == {
        "generate_draft", "chat_response", "refine_content", "refine_selection", "repurpose_content",
        "generate_image_prompt",
    }  # fmt: skip


def test_studio_sells_packages_and_names_one_popular() -> None:
    catalogue = load("studio")
    assert [package.slug for package in catalogue.packages if package.is_popular] == ["medium"]
    assert catalogue.worth(1_000) is None


def test_no_rate_card_is_in_force_before_the_first_begins() -> None:
    assert load("studio").rate_card(datetime(2025, 12, 31, tzinfo=UTC)) is None


@pytest.mark.parametrize("name", shipped())
def test_every_limited_operation_and_first_plan_exists_and_is_open(name: str) -> None:
    catalogue = load(name)
    assert catalogue.limited_operations
    assert set(catalogue.limited_operations) < set(catalogue.operations)
    assert not catalogue.plans[catalogue.default_plan].is_disabled


def test_the_most_particular_rate_wins() -> None:
    any_rate = Rate(None, None, 1, 1, 1, None)
    by_model = Rate(None, "small", 2, 2, 2, None)
    by_operation = Rate("chat", None, 3, 3, 3, None)
    exact = Rate("chat", "small", 4, 4, 4, None)
    card = RateCard(1, NOW, (any_rate, by_model, by_operation, exact))
    assert card.rate("chat", "small") is exact
    assert card.rate("chat", "large") is by_operation
    assert card.rate("search", "small") is by_model
    assert card.rate("search", "large") is any_rate
    assert RateCard(1, NOW, (exact,)).rate("search", "large") is None

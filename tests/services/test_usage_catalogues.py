"""The four catalogues meter as their sources say: quotas, lots, counted sessions, overage, fixed prices, rate cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from billing_ui import ledger
from billing_ui.catalogues.measures import Rate, RateCard
from billing_ui.infra.db import Database
from billing_ui.kit.period import local_day
from billing_ui.ledger import LotIn, Posting, Taken, Transfer
from billing_ui.ledger.tables import usage_event
from billing_ui.queries.limits import user_current_limits
from billing_ui.rules.access import Actor
from billing_ui.rules.plans import Ratio
from billing_ui.rules.usage import Cover, Refusal
from billing_ui.services import plans, usage
from billing_ui.services.usage import Usage
from tests.world import Customer, World, open_world

HOST = Actor("host:test")
Opens = Callable[[str], World]


@pytest.fixture
def opens(db: Database) -> Iterator[Opens]:
    with ExitStack() as open_ones:
        yield lambda catalogue: open_ones.enter_context(open_world(db, catalogue=catalogue))


class Person:
    """Somebody on a plan, and what the host app tells about them."""

    def __init__(self, world: World, plan: str = "", tokens: int = 0) -> None:
        self.world, self.events = world, 0
        self.customer: Customer = world.customer(f"{plan or 'new'}@pelanggan.test")
        now = world.clock.now()
        if plan:
            self.moves_to(plan)
        if tokens:
            with world.env.db.begin() as tx:
                come = Transfer("TOKEN", "issued", "wallet", tokens)
                posting = Posting(self.customer.account_id, "in", "in", "test", now, (come,), LotIn("bought"))
                ledger.post(tx, posting, now)

    def moves_to(self, plan: str) -> None:
        today = local_day(self.world.clock.now(), "Asia/Jakarta")
        with self.world.env.db.begin() as tx:
            version = plans.current_version(tx, plan).id
            assert version is not None
            ledger.set_plan(tx, self.customer.account_id, version, today)

    def uses(self, operation: str, **told: object) -> Taken | Refusal:
        self.events += 1
        asked = Usage(self.customer.account_id, f"evt-{self.events}", operation, **told)  # type: ignore[arg-type]
        said = usage.check_and_wait(self.world.env, HOST, asked).result
        done = usage.record_and_wait(self.world.env, HOST, asked).result
        assert isinstance(done, Taken | Refusal)
        assert said == (done.cover if isinstance(done, Taken) else done)
        return done

    def pays(self, operation: str, **told: object) -> Cover:
        done = self.uses(operation, **told)
        assert isinstance(done, Taken), done
        return done.cover

    def is_refused(self, operation: str, **told: object) -> tuple[str, str | None, str | None]:
        done = self.uses(operation, **told)
        assert isinstance(done, Refusal), done
        return done.reason, done.meter, done.window

    def used(self, meter: str, window: str) -> int:
        now = self.world.clock.now()
        with self.world.env.db.read() as tx:
            limits = user_current_limits(tx, self.world.env.writer.terms, self.customer.account_id, now)
        return next(state.used for state in limits.meters[meter].limits if state.limit.window == window)


def test_makalah_gives_the_free_plan_a_day_and_a_month_and_lots_do_not_lift_them(opens: Opens) -> None:
    world = opens("makalah")
    sari = Person(world, tokens=500_000)
    for window in ("day", "day", "day", "day", "month"):
        assert sari.pays("chat", input_tokens=15_000, output_tokens=5_000) == Cover(allowance=20_000)
        assert sari.is_refused("chat", input_tokens=1) == ("quota_exceeded", "tokens", window)
        world.later(days=1)
    assert sari.is_refused("chat", input_tokens=1) == ("quota_exceeded", "tokens", "month")
    world.later(days=5)  # the first of December in Jakarta
    assert sari.pays("chat", input_tokens=1) == Cover(allowance=1)
    world.books_are_right()


def test_makalah_pays_per_paper_out_of_lots_and_weighs_a_search_by_half(opens: Opens) -> None:
    world = opens("makalah")
    sari = Person(world, "bpp", tokens=250_000)
    assert sari.pays("paper_stage", input_tokens=100_000, output_tokens=20_000) == Cover(from_lots=120_000)
    assert sari.pays("search", input_tokens=100_001, output_tokens=0, cached_tokens=8_000) == Cover(from_lots=51_001)
    assert sari.pays("refrasa", input_tokens=0, output_tokens=78_999) == Cover(from_lots=78_999)
    assert sari.is_refused("chat", input_tokens=1) == ("insufficient_balance", "tokens", None)
    assert world.balance(sari.customer) == 0
    world.books_are_right()


def test_interview_counts_minutes_and_interviews_of_one_session_all_or_none(opens: Opens) -> None:
    world = opens("interview")
    budi = Person(world)
    for _ in range(3):
        assert budi.pays("interview_session", quantity=45) == Cover()
    assert budi.is_refused("interview_session", quantity=45) == ("quota_exceeded", "interviews_per_day", "day")
    assert (budi.used("minutes_per_month", "month"), budi.used("interviews_per_day", "day")) == (135, 3)
    world.later(days=1)
    assert budi.is_refused("interview_session", quantity=166) == ("quota_exceeded", "minutes_per_month", "month")
    assert budi.used("interviews_per_day", "day") == 0
    assert budi.pays("interview_session", quantity=165) == Cover()
    world.books_are_right()


def test_interview_opens_reviews_and_analytics_to_the_plans_that_have_them(opens: Opens) -> None:
    world = opens("interview")
    starter, professional, premium = (Person(world, plan) for plan in ("starter", "professional", "premium"))
    refused = ("feature_not_in_plan", "advanced_analytics", None)
    assert starter.is_refused("advanced_analytics") == professional.is_refused("advanced_analytics") == refused
    assert starter.is_refused("video_review")[0] == "feature_not_in_plan"
    for _ in range(10):
        assert professional.pays("video_review") == Cover()
    assert professional.is_refused("video_review") == ("quota_exceeded", "video_review_per_month", "month")
    for _ in range(30):
        assert premium.pays("advanced_analytics") == premium.pays("video_review") == Cover()
    assert premium.pays("interview_session", quantity=2_500) == Cover()
    assert premium.is_refused("interview_session", quantity=1)[1] == "minutes_per_month"


def test_enterprise_meters_overage_beyond_what_the_plan_includes_and_what_lots_have_paid(opens: Opens) -> None:
    world = opens("enterprise")
    team = Person(world, "pro", tokens=1_000)
    assert team.pays("analysis", input_tokens=49_000) == Cover(allowance=49_000)
    assert team.pays("analysis", input_tokens=3_500) == Cover(allowance=1_000, from_lots=1_000, overage=1_500)
    assert team.pays("assistant", output_tokens=100_000) == Cover(overage=100_000)
    with world.env.db.read() as tx:
        version = plans.current_version(tx, "pro")
    assert version.overage_num is not None and version.overage_den is not None
    assert Ratio(version.overage_num, version.overage_den).times(101_500) == 1_015  # Rp 10 per 1,000 tokens
    world.later(days=31)
    assert team.pays("analysis", input_tokens=1) == Cover(allowance=1)
    world.books_are_right()


def test_enterprise_gives_the_free_plan_nothing_beyond_its_500_tokens(opens: Opens) -> None:
    world = opens("enterprise")
    team = Person(world)
    assert team.pays("assistant", input_tokens=300, output_tokens=200) == Cover(allowance=500)
    assert team.is_refused("assistant", input_tokens=1) == ("insufficient_balance", "tokens", None)


def test_studio_sells_tokens_by_weight_and_pictures_at_a_fixed_price(opens: Opens) -> None:
    world = opens("studio")
    maya = Person(world, tokens=50_000)
    assert maya.pays("chat_response", input_tokens=1_000, output_tokens=500, cached_tokens=2) == Cover(from_lots=2_501)
    assert maya.pays("generate_draft", input_tokens=1_000, output_tokens=500) == Cover(from_lots=2_250)
    assert maya.pays("image_openai") == Cover(from_lots=8_000)
    assert maya.pays("image_google", quantity=3, model="imagen") == Cover(from_lots=18_000)
    assert maya.is_refused("image_openai", quantity=3) == ("insufficient_balance", "tokens", None)
    assert world.balance(maya.customer) == 50_000 - 2_501 - 2_250 - 26_000
    world.books_are_right()


def test_an_event_is_priced_by_the_card_in_force_when_it_happened_and_keeps_its_version(opens: Opens) -> None:
    world = opens("makalah")
    dearer = RateCard(2, datetime(2026, 12, 1, tzinfo=UTC), (Rate(None, None, 2_000, 3_000, 500, None),))
    catalogue = replace(world.env.catalogue, rate_cards=(*world.env.catalogue.rate_cards, dearer))
    world = replace(world, env=replace(world.env, catalogue=catalogue))
    sari = Person(world, "bpp", tokens=500_000)
    assert sari.pays("chat", input_tokens=100, output_tokens=10) == Cover(from_lots=110)
    world.later(days=12)
    assert sari.pays("chat", input_tokens=100, output_tokens=10) == Cover(from_lots=230)
    late = world.clock.now() - timedelta(days=3)
    assert sari.pays("chat", input_tokens=100, output_tokens=10, occurred_at=late) == Cover(from_lots=110)
    again = usage.record_and_wait(world.env, HOST, Usage(sari.customer.account_id, "evt-1", "chat", "", 100, 10)).result
    assert isinstance(again, Taken) and again.replayed and again.charged == 110
    with world.env.db.read() as tx:
        kept = tx.scalars(select(usage_event.c.rate_version).order_by(usage_event.c.seq)).all()
    assert kept == [1, 2, 1]


def test_an_event_from_before_the_first_card_is_priced_by_the_first_card(opens: Opens) -> None:
    world = opens("makalah")
    sari = Person(world, "bpp", tokens=500)
    assert sari.pays("chat", input_tokens=5, occurred_at=datetime(2020, 1, 1, tzinfo=UTC)) == Cover(from_lots=5)


def test_a_change_of_plan_is_never_a_second_quota(opens: Opens) -> None:
    world = opens("enterprise")
    team = Person(world, "pro")
    assert team.pays("analysis", input_tokens=40_000) == Cover(allowance=40_000)
    team.moves_to("enterprise")
    assert team.pays("analysis", input_tokens=460_000) == Cover(allowance=460_000)
    assert team.pays("analysis", input_tokens=1) == Cover(overage=1)
    team.moves_to("free")
    assert team.is_refused("analysis", input_tokens=1) == ("insufficient_balance", "tokens", None)
    world.books_are_right()


def test_minutes_used_on_a_small_plan_are_used_on_a_large_one(opens: Opens) -> None:
    world = opens("interview")
    budi = Person(world, "starter")
    assert budi.pays("interview_session", quantity=300) == Cover()
    budi.moves_to("professional")
    assert budi.is_refused("interview_session", quantity=501) == ("quota_exceeded", "minutes_per_month", "month")
    assert budi.pays("interview_session", quantity=500) == Cover()
    budi.moves_to("starter")
    assert budi.is_refused("interview_session", quantity=1) == ("quota_exceeded", "minutes_per_month", "month")

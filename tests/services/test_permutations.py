"""Whatever the order of the news, however often it comes and how much of it is lost: the same books at the end."""

from __future__ import annotations

from itertools import count, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.live_sandbox import Box
from tests.services.permuted import STORIES, Case, Story, after_all, books_after, in_order, news_of, shuffled
from tests.world import World

_numbers = count(1)
_BY_NAME = {story.name: story for story in STORIES}
ALL = _BY_NAME["everything, then refunded"]
LATE = _BY_NAME["paid late, refunded in parts"]
# Orders that have hurt somebody, here or elsewhere. "truth" is what happens, the rest is how we learn of it.
NASTY: tuple[tuple[str, list[str]], ...] = (
    ("everything, then refunded", after_all(ALL, reversed(news_of(ALL)))),
    ("everything, then refunded", after_all(ALL, ["refund.succeeded 0"])),
    ("everything, then refunded", after_all(ALL, ["refund.succeeded 0"] * 3 + news_of(ALL) * 2)),
    ("everything, then refunded", [*in_order(ALL)[:-1], "sweep", "poll", "hear:refund.succeeded 0", "poll", "sweep"]),
    ("declined, then paid", ["truth:decline", "poll", "truth:pay", "hear:payment.failure 0", "poll"]),
    ("declined, then paid", ["truth:decline", "truth:pay", "hear:payment.capture 1", "again:payment.capture 1",
                             "hear:payment.failure 0", "hear:payment.failure 0"]),
    ("paid late", ["truth:expire", "truth:pay late", "hear:payment.capture 0", "hear:payment_request.expiry"]),
    ("paid late", ["truth:expire", "poll", "sweep", "truth:pay late", "sweep"]),
    ("paid late", ["truth:expire", "hear:payment_request.expiry", "hear:payment_request.expiry", "truth:pay late",
                   "hear:payment_request.expiry", "poll", "hear:payment.capture 0"]),
    ("paid late, refunded in parts", after_all(LATE, reversed(news_of(LATE)))),
    ("paid late, refunded in parts", after_all(LATE, ["refund.succeeded 1", "payment_request.expiry",
                                                      "refund.succeeded 0", "refund.succeeded 1"])),
    ("paid twice", ["truth:pay twice", "hear:payment.capture 1", "hear:payment.capture 0"]),
    ("paid twice", ["truth:pay twice", "hear:payment.capture 0", "again:payment.capture 0"]),
    ("paid twice", ["truth:pay twice"]),
    ("paid", ["truth:pay", "hear:payment_session.completed", "hear:payment_session.completed",
              "hear:payment.capture 0", "hear:payment.pending 0"]),
    ("paid", ["sweep", "poll", "truth:pay"]),
    ("wrong amount, refunded", ["truth:pay wrong", "poll", "truth:succeeded", "hear:refund.succeeded 0",
                                "hear:payment.capture 0", "sweep"]),
    ("wrong amount, refunded", ["truth:pay wrong", "truth:succeeded", "hear:refund.succeeded 0"]),
    ("refund that failed", ["truth:pay", "truth:failed", "hear:refund.failed 0", "hear:refund.failed 0", "poll"]),
    ("failed", ["truth:fail", "poll", "hear:payment_request.failed", "sweep"]),
)  # fmt: skip


def ends(world: World, box: Box, plan: list[str]) -> dict[str, Any]:
    return books_after(Case(world, box, next(_numbers)), plan)


def expected(world: World, box: Box, story: Story) -> dict[str, Any]:
    return ends(world, box, in_order(story))


def test_the_stories_end_as_they_should(world: World, box: Box) -> None:
    told = {story.name: expected(world, box, story) for story in STORIES}
    assert told["paid"]["pockets"]["TOKEN", "wallet"] == 500_000
    assert told["paid"]["mails"] == {"payment_success": 1}
    assert told["declined, then paid"] == told["paid"]
    assert (told["failed"]["purchase"], told["failed"]["pockets"]) == ("open", {})
    assert (told["expired"]["payments"], told["expired"]["pockets"]) == (["expired"], {})
    assert told["paid late"]["captures"] == [("credited", 50_000, True)]
    assert told["paid late"]["mails"] == {"payment_late": 1}
    assert told["paid twice"]["pockets"]["IDR", "clearing"] == 50_000
    assert told["wrong amount"]["payments"] == ["review"]
    assert told["everything, then refunded"]["refunds"] == [("succeeded", 50_000, 500_000)]
    assert told["everything, then refunded"]["pockets"] == {("TOKEN", "issued"): -500_000, ("TOKEN", "payout"): 500_000}
    assert [tokens for *_, tokens in told["paid late, refunded in parts"]["refunds"]] == [200_000, 300_000]
    assert (told["wrong amount, refunded"]["purchase"], told["wrong amount, refunded"]["pockets"]) == ("void", {})
    assert told["refund that failed"]["refunds"] == [("failed", 50_000, 0)]
    world.books_are_right()


@pytest.mark.parametrize("story", sorted({name for name, _ in NASTY}))
def test_nasty_orders_end_alike(world: World, box: Box, story: str) -> None:
    right = expected(world, box, _BY_NAME[story])
    for plan in (plan for name, plan in NASTY if name == story):
        assert ends(world, box, plan) == right, plan
    world.books_are_right()


def test_every_order_of_pending_failure_capture_session_and_refund_ends_alike(world: World, box: Box) -> None:
    right = expected(world, box, ALL)
    # All 120, every other one on the other database.
    for order in list(permutations(news_of(ALL)))[int(world.env.db.is_sqlite) :: 2]:
        assert ends(world, box, after_all(ALL, order)) == right, order
    world.books_are_right()


def test_any_plan_of_webhooks_polls_and_sweeps_ends_alike(world: World, box: Box) -> None:
    right = {story.name: expected(world, box, story) for story in STORIES}

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(STORIES), st.integers(0, 2**32))
    def ends_alike(story: Story, seed: int) -> None:
        plan = shuffled(story, Random(seed))
        assert ends(world, box, plan) == right[story.name], (story.name, plan)

    ends_alike()
    world.books_are_right()

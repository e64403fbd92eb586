"""A charge is explained by the sum it was made by, in both languages, or not at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from billing_ui import runtime
from billing_ui.queries.usage_events import UsageEvent
from billing_ui.state.usage_labels import explained, used_for
from tests.world import World

CHAT = UsageEvent("chat", "gpt-5", "s1", 600, 400, 0, 0, {"tokens": 1000}, 1, 1000, 0, 0, 0)


@pytest.fixture(autouse=True)
def _at_home(world: World) -> Iterator[None]:
    with runtime.use(world.env):
        yield


def test_the_sum_is_told_with_the_weights_of_the_rate_card() -> None:
    told = explained(CHAT)
    assert told["sum"] == {"id": "600 × 1 + 400 × 1 = 1.000", "en": "600 × 1 + 400 × 1 = 1,000"}
    assert (told["rate"], told["rounded"], told["name"]["id"], told["free"]) == (1, False, "Obrolan", 1000)


def test_a_sum_that_was_rounded_says_so() -> None:
    told = explained(replace(CHAT, operation="search", cached=1, allowance=701, draws={"tokens": 701}))
    assert told["sum"]["id"] == "600 × 0,5 + 400 × 1 + 1 × 0,125 = 700,125"
    assert told["sum"]["en"] == "600 × 0.5 + 400 × 1 + 1 × 0.125 = 700.125"
    assert told["rounded"]


def test_a_card_that_no_longer_says_the_same_explains_nothing() -> None:
    assert explained(replace(CHAT, rate_version=7))["sum"] == {}
    assert explained(replace(CHAT, allowance=999))["sum"] == {}
    assert explained(replace(CHAT, input=0, output=0, allowance=0))["sum"] == {}


def test_use_in_the_plain_form_goes_by_its_meter_and_what_nobody_knows_by_its_own_name() -> None:
    assert used_for(replace(CHAT, operation="tokens"))["name"] == {"id": "Token", "en": "Tokens"}
    assert used_for(replace(CHAT, operation="gone"))["name"] == {"id": "gone", "en": "gone"}
    assert used_for(replace(CHAT, draws={"tokens": 1000, "minutes": 3}))["drew"] == [
        {"name": {"id": "minutes", "en": "minutes"}, "quantity": 3}
    ]

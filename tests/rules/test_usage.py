"""May it be used, and what pays: the parts add up, limits bind, and nothing takes more than there is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules import quotas
from billing_ui.rules.plans import UNLIMITED, Limit
from billing_ui.rules.quotas import KINDS, Calendar, Windows
from billing_ui.rules.usage import Cover, Need, Refusal, Standing, Terms, charge, cover

JAKARTA = Calendar("Asia/Jakarta", date(2026, 3, 1))
NOW = datetime(2026, 3, 10, 5, tzinfo=UTC)
DAY = timedelta(days=1)
amounts = st.integers(0, 60)

limits = st.lists(
    st.builds(
        Limit, st.sampled_from(["tokens", "minutes", "calls"]), st.sampled_from(KINDS), amounts | st.just(UNLIMITED)
    ),
    max_size=6,
    unique_by=lambda limit: (limit.meter, limit.window),
)
terms = st.builds(
    Terms, st.just("plan"), st.just("tokens") | st.none(), limits.map(tuple), amounts, st.booleans(), st.just(1)
)
needs = st.builds(
    Need,
    st.just("chat"),
    st.dictionaries(st.sampled_from(["tokens", "minutes", "calls"]), amounts, min_size=1),
    st.integers(0, 45).map(lambda days: NOW - days * DAY),
    st.booleans(),
)


@st.composite
def _used(draw: st.DrawFn) -> Windows:
    windows: Windows = {}
    for meter in draw(st.sets(st.sampled_from(["tokens", "minutes", "calls"]))):
        windows = quotas.count(windows, meter, draw(amounts), NOW - draw(st.integers(0, 9)) * DAY, NOW, JAKARTA)
    return quotas.take_included(windows, "tokens", draw(amounts), NOW, NOW, JAKARTA)


standings = st.builds(
    Standing, st.sampled_from(["open", "open", "open", "limited", "locked"]), terms, st.just(JAKARTA), _used(),
    st.integers(-30, 90),
)  # fmt: skip


def standing(*plan_limits: Limit, spendable: int = 0, included: int = 0, **facts: object) -> Standing:
    promised = Terms("plan", "tokens", plan_limits, included, bool(facts.pop("has_overage", False)), 1)
    return replace(Standing("open", promised, JAKARTA, {}, spendable), **facts)  # type: ignore[arg-type]


def need(at: datetime = NOW, **draws: int) -> Need:
    return Need("chat", draws, at)


@given(standings, needs, st.booleans())
def test_the_parts_of_a_cover_add_up_to_what_is_drawn_and_take_no_more_than_there_is(
    stands: Standing, needed: Need, must_take: bool
) -> None:
    covered = cover(stands, needed, NOW, must_take=must_take)
    if isinstance(covered, Refusal):
        assert not must_take
        return
    paid = stands.terms.paid
    quantity = needed.draws.get(paid, 0) if paid else 0
    assert covered.allowance + covered.from_lots + covered.overage + covered.uncovered == quantity
    assert min(covered.allowance, covered.from_lots, covered.overage, covered.uncovered) >= 0
    assert covered.allowance <= stands.allowance_left(needed.at, NOW)
    assert covered.from_lots <= max(stands.spendable, 0)
    assert covered.overage == 0 or stands.terms.has_overage
    assert covered.uncovered == 0 or (must_take and not stands.terms.has_overage)


@given(standings, needs)
def test_lots_are_touched_only_when_the_allowance_is_used_up_and_overage_only_when_the_lots_are(
    stands: Standing, needed: Need
) -> None:
    covered = cover(stands, needed, NOW, must_take=True)
    assert isinstance(covered, Cover)
    if covered.from_lots or covered.overage or covered.uncovered:
        assert covered.allowance == stands.allowance_left(needed.at, NOW)
    if covered.overage or covered.uncovered:
        assert covered.from_lots == max(stands.spendable, 0)


@given(standings, needs, st.integers(0, 60))
def test_whoever_may_use_much_may_use_less(stands: Standing, needed: Need, less: int) -> None:
    smaller = replace(needed, draws={meter: max(quantity - less, 0) for meter, quantity in needed.draws.items()})
    if isinstance(cover(stands, needed, NOW), Cover):
        assert isinstance(cover(stands, smaller, NOW), Cover)


@given(standings, needs, st.integers(1, 60))
def test_more_tokens_never_turn_a_yes_into_a_no(stands: Standing, needed: Need, more: int) -> None:
    if isinstance(cover(stands, needed, NOW), Cover):
        assert isinstance(cover(replace(stands, spendable=stands.spendable + more), needed, NOW), Cover)


@given(standings, needs)
def test_what_has_happened_is_never_refused_and_what_may_happen_costs_the_same(stands: Standing, needed: Need) -> None:
    taken, asked = cover(stands, needed, NOW, must_take=True), cover(stands, needed, NOW)
    assert isinstance(taken, Cover)
    assert isinstance(asked, Refusal) or asked == taken


@given(standings, needs)
def test_nothing_is_accepted_beyond_a_limit_of_a_window_that_runs(stands: Standing, needed: Need) -> None:
    if isinstance(cover(stands, needed, NOW), Refusal):
        return
    running, then = JAKARTA.windows(NOW), JAKARTA.windows(needed.at)
    for meter, quantity in needed.draws.items():
        for limit in stands.limits(meter, NOW):
            if isinstance(limit.limit.quantity, int) and running[limit.limit.window] == then[limit.limit.window]:
                assert quantity == 0 or limit.used + quantity <= limit.limit.quantity


def test_the_allowance_pays_first_then_the_lots() -> None:
    assert cover(standing(spendable=50, included=30), need(tokens=40), NOW) == Cover(allowance=30, from_lots=10)


def test_overage_is_what_neither_allowance_nor_lots_have_paid() -> None:
    stands = standing(spendable=50, included=30, has_overage=True)
    assert cover(stands, need(tokens=100), NOW) == Cover(30, 50, 20)


def test_what_somebody_pays_for_is_everything_but_what_nobody_covers() -> None:
    assert Cover(allowance=30, from_lots=50, overage=20, uncovered=7).charged == 100


def test_what_is_missing_is_told() -> None:
    refused = cover(standing(spendable=5, included=30), need(tokens=40), NOW)
    assert refused == Refusal("insufficient_balance", meter="tokens", needed=40, available=35)


def test_debt_pays_nothing_and_does_not_lessen_the_allowance() -> None:
    assert cover(standing(spendable=-9, included=30), need(tokens=30), NOW) == Cover(allowance=30)
    refused = cover(standing(spendable=-9), need(tokens=1), NOW)
    assert isinstance(refused, Refusal) and refused.available == 0


def test_what_was_done_and_nothing_covers_is_charged_to_nobody() -> None:
    assert cover(standing(spendable=5), need(tokens=40), NOW, must_take=True) == Cover(from_lots=5, uncovered=35)


def test_of_several_limits_the_one_that_refuses_longest_is_told() -> None:
    used = quotas.count({}, "tokens", 90, NOW, NOW, JAKARTA)
    stands = standing(Limit("tokens", "day", 100), Limit("tokens", "month", 95), spendable=999, windows=used)
    refused = cover(stands, need(tokens=20), NOW)
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.window, refused.limit, refused.used, refused.needed, refused.available) == (
        "quota_exceeded", "month", 95, 90, 20, 5,
    )  # fmt: skip
    assert refused.resets_at == datetime(2026, 3, 31, 17, tzinfo=UTC)
    forever = cover(
        replace(stands, terms=replace(stands.terms, limits=(Limit("tokens", "total", 1),))), need(tokens=2), NOW
    )
    assert isinstance(forever, Refusal) and forever.window == "total" and forever.resets_at is None


def test_a_limit_binds_to_the_token() -> None:
    stands = standing(Limit("tokens", "day", 100), spendable=999)
    assert cover(stands, need(tokens=100), NOW) == Cover(from_lots=100)
    assert isinstance(cover(stands, need(tokens=101), NOW), Refusal)


def test_a_day_that_is_over_refuses_no_event_that_comes_late() -> None:
    full = quotas.count({}, "tokens", 100, NOW, NOW, JAKARTA)
    stands = standing(Limit("tokens", "day", 100), spendable=999, windows=full)
    assert isinstance(cover(stands, need(tokens=1), NOW), Refusal)
    assert cover(stands, need(NOW - DAY, tokens=1), NOW) == Cover(from_lots=1)


def test_a_counted_meter_without_a_limit_is_not_in_the_plan_and_minus_one_is_endless() -> None:
    stands = standing(Limit("minutes", "month", UNLIMITED), Limit("calls", "day", 0))
    assert cover(stands, need(minutes=10**12), NOW) == Cover()
    assert cover(stands, need(reviews=0), NOW) == Refusal("feature_not_in_plan", meter="reviews")
    assert cover(stands, need(calls=0), NOW) == Refusal("feature_not_in_plan", meter="calls")


def test_several_meters_are_drawn_all_or_none() -> None:
    stands = standing(Limit("minutes", "month", 300), Limit("calls", "day", 3))
    assert cover(stands, need(minutes=300, calls=3), NOW) == Cover()
    refused = cover(stands, need(minutes=1, calls=4), NOW)
    assert isinstance(refused, Refusal) and refused.meter == "calls"


@pytest.mark.parametrize(("access", "is_open", "reason"), [
    ("locked", True, "soft_locked"), ("limited", False, "limited"), ("limited", True, None), ("open", False, None),
])  # fmt: skip
def test_strikes_close_the_door_and_some_operations_stay_open(access: str, is_open: bool, reason: str | None) -> None:
    stands = standing(spendable=9, access=access)
    answer = cover(stands, replace(need(tokens=1), is_open_to_limited=is_open), NOW)
    assert (answer.reason if isinstance(answer, Refusal) else None) == reason


def test_a_catalogue_that_only_counts_has_no_allowance() -> None:
    stands = standing(included=30)
    only_counts = replace(stands, terms=replace(stands.terms, paid=None))
    assert only_counts.allowance_left(NOW, NOW) == 0
    assert cover(only_counts, need(tokens=1), NOW) == Refusal("feature_not_in_plan", meter="tokens")


tokens = st.integers(0, 10**12)
weights = st.integers(0, 10**6)


@given(tokens, tokens, tokens, weights, weights, weights)
def test_tokens_are_weighed_together_and_rounded_up_once(
    read: int, written: int, cached: int, read_milli: int, written_milli: int, cached_milli: int
) -> None:
    charged = charge(read, written, cached, read_milli, written_milli, cached_milli)
    weighed = read * read_milli + written * written_milli + cached * cached_milli
    assert charged * 1000 >= weighed
    if charged > 1:
        assert (charged - 1) * 1000 < weighed
    assert (charged == 0) == (read + written + cached == 0)


def test_a_charge_as_it_is_printed_on_a_line() -> None:
    assert charge(600, 400, 0, 1000, 1000, 250) == 1000
    assert charge(1, 0, 1, 500, 1000, 125) == 1
    assert charge(1001, 0, 3, 500, 1000, 125) == 501
    assert charge(0, 0, 5, 1000, 1000, 0) == 1


def test_what_is_owed_keeps_the_allowance_shut_and_a_call_that_was_made_is_taken_all_the_same() -> None:
    owing = standing(included=100, spendable=-5, owed=5, has_overage=True)
    refused = Refusal("insufficient_balance", meter="tokens", needed=10, available=0)
    assert cover(owing, need(tokens=10), NOW) == refused
    assert cover(owing, need(tokens=10), NOW, must_take=True) == Cover(allowance=10)
    assert cover(replace(owing, owed=0), need(tokens=10), NOW) == Cover(allowance=10)

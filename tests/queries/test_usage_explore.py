"""A look back at use comes to the same however it is grouped, and its pages fit together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from billing_ui.queries.usage import Used, sum_of
from billing_ui.queries.usage_explore import ExploreView, explore
from billing_ui.rules.usage_lists import GROUPS, UsageAsk
from tests.metering import use
from tests.world import Customer, World

DAYS = (date(2026, 10, 23), date(2026, 11, 21))


def looked(world: World, who: Customer, ask: UsageAsk, per: int = 100) -> ExploreView:
    with world.env.db.read() as tx:
        return explore(tx, "tokens", "tokens", who.account_id, ask, DAYS, "Asia/Jakarta", per)


def a_month(world: World, who: Customer) -> None:
    for number in range(12):
        use(
            world, who, f"e{number}", 100 + number, operation=("chat", "search", "refrasa")[number % 3],
            model=("", "small", "large")[number % 3 if number % 2 else 0], session=f"s{number % 5}" if number else None,
            at=world.clock.now() - timedelta(days=2 * number),
        )  # fmt: skip


def test_however_it_is_grouped_the_sum_is_the_same(world: World) -> None:
    sari = world.customer()
    a_month(world, sari)
    views = {by: looked(world, sari, UsageAsk(by=by)) for by in GROUPS}
    assert views["day"].totals.events == 12
    for view in views.values():
        assert sum_of(used for _name, used in view.rows) == view.totals == views["day"].totals
        assert view.after is None
    assert len(views["day"].days) == 30
    assert [name for name, _used in views["day"].rows] == sorted((n for n, _u in views["day"].rows), reverse=True)
    largest = [used.quantity for _name, used in views["model"].rows]
    assert largest == sorted(largest, reverse=True)
    assert views["session"].rows[0][0] == "", "what named no session is there too"


def test_filters_narrow_every_grouping_alike_and_hide_no_choice(world: World) -> None:
    sari = world.customer()
    a_month(world, sari)
    for narrowed in (UsageAsk(operation="search"), UsageAsk(model="small"), UsageAsk(operation="chat", model="large")):
        sums = set()
        for by in GROUPS:
            view = looked(world, sari, replace(narrowed, by=by))
            assert sum_of(used for _name, used in view.rows) == view.totals
            sums.add(view.totals)
            assert view.operations == ("chat", "refrasa", "search") and set(view.models) <= {"large", "small"}
        assert len(sums) == 1


def test_pages_follow_each_other_without_a_gap_or_a_repetition(world: World) -> None:
    sari = world.customer()
    a_month(world, sari)
    for by in GROUPS:
        whole = looked(world, sari, UsageAsk(by=by)).rows
        found, ask = list(looked(world, sari, UsageAsk(by=by), per=2).rows), UsageAsk(by=by)
        while (after := looked(world, sari, ask, per=2).after) is not None:
            ask = replace(ask, after=after)
            found += looked(world, sari, ask, per=2).rows
        assert tuple(found) == whole


def test_a_stranger_adds_nothing_and_other_days_neither(world: World) -> None:
    sari, other = world.customer(), world.customer("lain@pelanggan.test")
    use(world, other, "theirs", 500)
    use(world, sari, "old", 700, at=world.clock.now() - timedelta(days=31))
    view = looked(world, sari, UsageAsk())
    assert view.totals == Used() and view.rows == () and view.operations == ()

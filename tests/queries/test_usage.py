"""Use is told by day, operation, model and session, and every way of adding it up comes to the same."""

from datetime import date, timedelta

from billing_ui.queries import usage, usage_overall, usage_sessions
from billing_ui.queries.usage import Used
from tests.metering import use
from tests.world import World

DAY = date(2026, 11, 21)  # in Jakarta, where the world's clock shows ten in the morning


def test_use_is_told_by_the_day_and_by_what_was_done(world: World) -> None:
    sari = world.customer()
    late = world.clock.now() - timedelta(hours=11)  # eleven in the evening of the day before
    use(world, sari, "a", 1000, model="small", session="s1")
    use(world, sari, "b", 500, operation="search", session="s1", cached_tokens=80)
    use(world, sari, "c", 70, at=late, model="small")
    with world.env.db.read() as tx:
        days = usage.usage(tx, sari.account_id, DAY - timedelta(days=6), DAY, "day")
        today = usage.today(tx, sari.account_id, "Asia/Jakarta", world.clock.now())
        models = usage.usage(tx, sari.account_id, DAY, DAY, "model")
    assert [(row.group, row.meter, row.used.quantity) for row in days.rows] == [
        ("2026-11-20", "tokens", 70), ("2026-11-21", "tokens", 1260)]  # fmt: skip
    assert [(row.group, row.used) for row in today.rows] == [
        ("chat", Used(events=1, input=1000, quantity=1000)),
        ("search", Used(events=1, input=580, quantity=260)),
    ]
    assert [(row.group, row.used.events) for row in models.rows] == [("", 1), ("small", 1)]
    assert days.totals == {"tokens": Used(events=3, input=1650, quantity=1330)}
    assert days.totals["tokens"].allowance == 1330


def test_a_month_is_the_same_by_day_operation_and_model(world: World) -> None:
    sari = world.customer()
    for number in range(6):
        at = world.clock.now() - timedelta(days=number, hours=number)
        use(
            world,
            sari,
            f"e{number}",
            100 + number,
            at=at,
            model=f"m{number % 2}",
            operation=("chat", "refrasa")[number % 2],
        )
    with world.env.db.read() as tx:
        month = usage.month(tx, sari.account_id, DAY)
        elsewhere = usage.month(tx, sari.account_id, date(2026, 10, 3))
    assert len(month.days) == 6
    for rows in (month.days, month.operations, month.models):
        assert sum(row.used.quantity for row in rows) == month.totals["tokens"].quantity == 615
    assert elsewhere.totals == {} and elsewhere.days == ()


def test_sessions_are_told_apart_and_come_to_the_same_as_the_days(world: World) -> None:
    sari = world.customer()
    use(world, sari, "old", 900, at=world.clock.now() - timedelta(days=3), session="s1")
    for number, session in enumerate(("s1", "s1", "s2", None)):
        use(world, sari, f"e{number}", 100 * (number + 1), session=session)
    with world.env.db.read() as tx:
        told = usage_sessions.sessions(tx, "tokens", sari.account_id, DAY, DAY, "Asia/Jakarta")
        days = usage.usage(tx, sari.account_id, DAY, DAY, "day")
        one = usage_sessions.session(tx, "tokens", sari.account_id, "s1")
        none = usage_sessions.session(tx, "tokens", sari.account_id, "never")
    assert [(row.group, row.used.quantity) for row in told.rows] == [("", 400), ("s1", 300), ("s2", 300)]
    assert told.totals == days.totals
    assert one.totals["tokens"].quantity == 1200 and one.last_at == world.clock.now()
    assert (none.first_at, none.last_at, none.totals) == (None, None, {})


def test_operators_see_the_days_of_all_accounts_and_who_used_most(world: World) -> None:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test", "Budi")
    use(world, sari, "a", 1000, model="small")
    use(world, budi, "b", 3000, model="small")
    use(world, budi, "c", 10, at=world.clock.now() - timedelta(hours=11))
    with world.env.db.read() as tx:
        days = usage_overall.system_days(tx, DAY - timedelta(days=29), DAY, "Asia/Jakarta")
        top = usage_overall.top_accounts(tx, DAY, "tokens")
    assert [(row.day_on, row.operation, row.model, row.used.quantity) for row in days] == [
        (DAY - timedelta(days=1), "chat", "", 10), (DAY, "chat", "small", 4000)]  # fmt: skip
    assert [(row.name, row.used.quantity, row.used.events) for row in top] == [
        ("Budi", 3010, 2),
        ("Sari Dewi", 1000, 1),
    ]

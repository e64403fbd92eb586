"""Payment stats: integers, days of a zone, an exact median, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import col

from billing_ui.kit.amount import Amount
from billing_ui.models import Payment
from billing_ui.queries.payment_stats import PaymentStats, payment_stats
from billing_ui.rules.facts import Captured
from tests.world import Customer, World

ZONE = "Asia/Jakarta"
FIRST, LAST = date(2026, 11, 21), date(2026, 11, 23)


def pays_after(world: World, customer: Customer, seconds: int, amount: int = 50_000, method: str = "QRIS") -> None:
    ref = world.wants(customer, amount=amount, method=method)
    world.later(seconds=seconds)
    world.settle(ref, Captured("xendit", f"py-{ref}", "", ref, Amount(amount, "IDR"), None))


def ends(world: World, customer: Customer, status: str, method: str = "QRIS") -> None:
    payment = world.payment(world.wants(customer, method=method))
    with world.env.db.begin() as tx:
        tx.execute(update(Payment).where(col(Payment.id) == payment.id).values(status=status))


def stats(world: World, customer: Customer | None = None, zone: str = ZONE) -> PaymentStats:
    with world.env.db.read() as tx:
        return payment_stats(tx, customer.account_id if customer else None, FIRST, LAST, zone)


def test_counts_rate_amount_and_median_by_method_and_day(world: World) -> None:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test", "Budi")
    pays_after(world, sari, 30)
    pays_after(world, sari, 90, 25_000, "VA_BCA")
    ends(world, sari, "failed", "VA_BCA")
    ends(world, sari, "canceled")
    world.later(days=1)
    ends(world, sari, "expired")
    world.wants(sari, amount=100_000)
    pays_after(world, budi, 600, 100_000)
    of_sari, of_all = stats(world, sari), stats(world)
    assert (of_sari.whole.count, of_sari.whole.paid, of_sari.whole.ended) == (6, 2, 2)
    assert (of_sari.whole.success_percent, of_sari.whole.paid_amounts) == (50, {"IDR": 75_000})
    assert of_sari.median_seconds == 60
    assert {name: (each.count, each.paid) for name, each in of_sari.methods.items()} == {
        "QRIS": (4, 1), "VA_BCA": (2, 1),
    }  # fmt: skip
    assert {day.day: each.count for day, each in of_sari.days.items()} == {21: 4, 22: 2, 23: 0}
    assert (of_all.whole.count, of_all.whole.paid_amounts, of_all.median_seconds) == (7, {"IDR": 175_000}, 90)
    assert sum(each.count for each in of_all.days.values()) == 7


def test_nothing_is_no_rate_and_no_median(world: World) -> None:
    found = stats(world, world.customer())
    assert (found.whole.count, found.whole.success_percent, found.median_seconds, found.methods) == (0, None, None, {})
    assert len(found.days) == 3


def test_days_are_those_of_the_zone_even_where_it_is_not_a_whole_hour_away(world: World) -> None:
    sari = world.customer()
    world.clock.set(world.clock.now().replace(hour=18, minute=20))
    pays_after(world, sari, 1)
    counts = {
        zone: {day.day: each.count for day, each in stats(world, sari, zone).days.items() if each.count}
        for zone in ("UTC", ZONE, "Asia/Kathmandu")
    }
    assert counts == {"UTC": {21: 1}, ZONE: {22: 1}, "Asia/Kathmandu": {22: 1}}


def test_a_long_span_keeps_its_last_year(world: World) -> None:
    with world.env.db.read() as tx:
        found = payment_stats(tx, None, date(2000, 1, 1), LAST, ZONE)
    assert found.first_on == LAST - timedelta(days=365)
    assert len(found.days) == 366

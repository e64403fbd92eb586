"""The gateway's list against our payments and books: what was missed is settled, what does not tie is kept until it
does."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.kit.amount import Amount
from billing_ui.models import Audit, Capture, Difference, Payment, ReconcileRun
from billing_ui.queries.reconciliation import RunView, differences, runs
from billing_ui.rules.access import Actor, system
from billing_ui.rules.errors import FieldInvalid, Forbidden, GatewayUnavailable, NotFound
from billing_ui.rules.facts import Captured
from billing_ui.rules.reconciliation import Span
from billing_ui.services import differences as kept
from billing_ui.services import reconciliation
from tests.live_sandbox import Box
from tests.sandbox.xendit_client import XenditClient
from tests.services.same_clock import box, clocks, world
from tests.world import Crash, Customer, World

__all__ = ["box", "clocks", "world"]

ACTOR = system("reconcile")
SUPPORT, FINANCE = Actor("user:usr_a", 1, role="support"), Actor("user:usr_b", 2, role="finance")
PROVEN = "agreed with the gateway by letter"


def whole(world: World) -> Span:
    now = world.clock.now()
    return Span(now - timedelta(days=3), now)


def run(world: World, actor: Actor = ACTOR, span: Span | None = None, *, is_trial: bool = False) -> RunView:
    return reconciliation.reconcile(world.env, actor, span or whole(world), is_trial=is_trial)


def lost(world: World, box: Box, customer: Customer, **options: int) -> str:
    """Paid, and nobody was told; the world is too late to look by itself."""
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True, **options)
    return ref


def buckets(view: RunView) -> list[tuple[str, str]]:
    return [(one.bucket, one.action) for one in view.differences]


def test_a_quiet_day_ties_and_leaves_nothing_open(world: World, box: Box) -> None:
    customer = world.customer()
    for amount in (25_000, 50_000):
        ref = world.wants(customer, amount)
        box.pay(ref, drop_webhook=True)
        world.later(seconds=45)
        world.work()
    view = run(world)
    assert (view.unexplained, view.totals["match"].count, view.totals["settled"].count) == (0, 2, 0)
    for side in ("gateway_in", "ours_in", "ledger_in", "cash"):
        assert view.totals[side].sums == {"IDR": 75_000}, side
    assert view.totals["gateway_out"].count == 0
    assert view.totals["clearing"].sums == {}


def test_a_payment_whose_webhook_was_lost_long_ago_is_found_and_credited(world: World, box: Box) -> None:
    customer = world.customer()
    ref = lost(world, box, customer)
    world.later(days=2)
    tried = run(world, is_trial=True)
    assert buckets(tried) == [("gateway_only", "import")]
    assert world.balance(customer) == 0
    view = run(world)
    assert (view.unexplained, view.totals["settled"].count, view.totals["match"].count) == (0, 1, 1)
    assert world.balance(customer) == 500_000
    assert world.payment(ref).status == "paid"
    assert world.jobs("mail.send") == 1
    world.books_are_right()


def test_money_of_a_request_whose_answer_was_lost_is_found_by_its_reference(world: World, box: Box) -> None:
    customer = world.customer()
    ref = lost(world, box, customer)
    with world.env.db.begin() as tx:
        tx.execute(update(Payment).values(gateway_request_id=None, status="unknown"))
    world.later(hours=30)
    waiting = run(world, is_trial=True).unknown
    assert [(one.ref, one.state) for one in waiting] == [(ref, "unknown")]
    view = run(world)
    assert (view.unexplained, view.unknown) == (0, ())
    assert world.balance(customer) == 500_000


def test_a_second_payment_of_one_code_waits_in_clearing_and_is_no_difference(world: World, box: Box) -> None:
    customer = world.customer()
    lost(world, box, customer, payments=2)
    world.later(hours=5)
    view = run(world)
    assert view.unexplained == 0
    assert [(one.state, one.amount) for one in view.undecided] == [("extra", 50_000)]
    assert view.totals["clearing"].sums == view.totals["undecided"].sums == {"IDR": 50_000}
    assert world.balance(customer) == 500_000


def test_a_wrong_amount_is_held_and_told_with_its_age(world: World, box: Box) -> None:
    ref = lost(world, box, world.customer(), amount=49_000)
    view = run(world)
    assert view.unexplained == 0
    (held,) = view.undecided
    assert (held.ref, held.state, held.amount) == (ref, "held", 49_000)
    world.later(days=4)
    assert world.clock.now() - run(world).undecided[0].since == timedelta(days=4)


def test_money_nobody_here_asked_for_is_reported_and_not_booked(world: World, box: Box) -> None:
    XenditClient(box.xendit_url).create("of_another_shop", amount=77_000)
    box.pay("of_another_shop", drop_webhook=True)
    view = run(world)
    assert buckets(view) == [("gateway_only", "identify")]
    (foreign,) = view.differences
    assert (foreign.reference, foreign.gateway_amount, foreign.our_amount) == ("of_another_shop", 77_000, None)
    assert view.totals["cash"].sums == {}
    world.later(days=9)
    (still,) = run(world).differences
    assert still.public_id == foreign.public_id
    assert world.clock.now() - still.happened_at == timedelta(days=9)
    assert (still.first_seen_at, still.last_seen_at) == (foreign.first_seen_at, world.clock.now())


def test_a_person_explains_a_difference_and_it_stays_closed(world: World, box: Box) -> None:
    XenditClient(box.xendit_url).create("of_another_shop")
    box.pay("of_another_shop", drop_webhook=True)
    (foreign,) = run(world).differences
    with pytest.raises(Forbidden):
        kept.explain(world.env, SUPPORT, foreign.public_id, PROVEN)
    with pytest.raises(FieldInvalid):
        kept.explain(world.env, FINANCE, foreign.public_id, " too short ")
    with pytest.raises(NotFound):
        kept.explain(world.env, FINANCE, "dif_unknown", PROVEN)
    for _ in range(2):
        kept.explain(world.env, FINANCE, foreign.public_id, PROVEN)
    assert run(world).unexplained == run(world, is_trial=True).unexplained == 0
    with world.env.db.read() as tx:
        (closed,) = differences(tx, "xendit", is_open=False)
        audits = tx.scalars(select(Audit).where(col(Audit.action) == "difference.explained")).all()
    assert (closed.resolved_by, closed.resolution) == (FINANCE.name, PROVEN)
    assert [(audit.actor, audit.reason) for audit in audits] == [(FINANCE.name, PROVEN)]


def test_an_explained_difference_whose_amount_changes_is_open_again(world: World, box: Box) -> None:
    ref = lost(world, box, world.customer())
    run(world)
    tampered = update(Capture).values(amount=40_000)
    with world.env.db.begin() as tx:
        tx.execute(tampered)
    for one in run(world).differences:
        kept.explain(world.env, FINANCE, one.public_id, PROVEN)
    assert run(world).unexplained == 0
    with world.env.db.begin() as tx:
        tx.execute(tampered.values(amount=30_000))
    view = run(world)
    assert {(one.bucket, one.gateway_amount, one.our_amount) for one in view.differences} == {
        ("amount", 50_000, 30_000),
        ("ledger", 30_000, 50_000),
    }
    assert {one.ref for one in view.differences} == {ref}


def test_an_amount_that_differs_is_reported_until_it_ties(world: World, box: Box) -> None:
    lost(world, box, world.customer())
    run(world)
    with world.env.db.begin() as tx:
        tx.execute(update(Capture).values(amount=40_000))
    view = run(world)
    assert buckets(view) == [("amount", "compare"), ("ledger", "check_books")]
    with world.env.db.begin() as tx:
        tx.execute(update(Capture).values(amount=50_000))
    assert run(world).unexplained == 0
    with world.env.db.read() as tx:
        assert {one.resolution for one in differences(tx, "xendit", is_open=False)} == {kept.MATCHED}


def faked(world: World) -> None:
    """A capture and its posting that no gateway has ever heard of."""
    ref = world.wants(world.customer())
    payment = world.payment(ref)
    money = Amount(50_000, "IDR")
    world.settle(ref, Captured("xendit", "py-faked", payment.gateway_request_id or "", ref, money, None))


def test_a_capture_only_we_know_of_is_reported_once_the_gateway_had_its_time(world: World) -> None:
    faked(world)
    fresh = run(world)
    assert (fresh.unexplained, fresh.totals["young"].count) == (0, 1)
    world.later(hours=2)
    view = run(world)
    assert buckets(view) == [("ours_only", "ask_gateway")]
    assert (view.differences[0].our_amount, view.differences[0].gateway_amount) == (50_000, None)
    assert view.totals["ours_in"].sums == {"IDR": 50_000}
    assert view.totals["gateway_in"].sums == {}


def test_money_the_gateway_dates_otherwise_than_we_do_is_asked_for_by_name(world: World, box: Box) -> None:
    lost(world, box, world.customer())
    run(world)
    later = world.clock.now() + timedelta(days=5)
    with world.env.db.begin() as tx:
        tx.execute(update(Capture).values(captured_at=later, recorded_at=later))
    world.later(days=6)
    now = world.clock.now()
    view = run(world, span=Span(now - timedelta(days=2), now))
    assert (view.unexplained, view.totals["match"].count) == (0, 1)


def test_a_capture_without_its_posting_is_reported(world: World, box: Box) -> None:
    lost(world, box, world.customer())
    run(world)
    with world.env.db.begin() as tx:
        stored = tx.scalars(select(Capture)).one()
        tx.add(
            Capture(
                public_id="cap_twin", payment_id=stored.payment_id, gateway="xendit", gateway_payment_id="py-unbooked",
                amount=1_000, currency="IDR", outcome="extra", recorded_at=world.clock.now(),
            )
        )  # fmt: skip
    view = run(world)
    assert buckets(view) == [("ledger", "check_books")]
    assert (view.differences[0].gateway_amount, view.differences[0].our_amount) == (1_000, None)
    assert view.clearing_gap == {"IDR": -1_000}
    assert view.unexplained == 2


def test_a_posting_without_its_capture_is_reported_and_not_booked_again(world: World, box: Box) -> None:
    customer = world.customer()
    lost(world, box, customer)
    run(world)
    with world.env.db.begin() as tx:
        tx.execute(update(Capture).values(gateway_payment_id="py-renamed"))
    view = run(world)
    assert sorted(buckets(view)) == [
        ("gateway_only", "import"),
        ("ledger", "check_books"),
        ("ledger", "check_books"),
    ]
    assert (view.totals["settled"].count, len(world.captures())) == (0, 1)
    assert world.balance(customer) == 500_000


def test_a_run_repeated_changes_nothing_more(world: World, box: Box) -> None:
    customer = world.customer()
    lost(world, box, customer)
    XenditClient(box.xendit_url).create("of_another_shop")
    box.pay("of_another_shop", drop_webhook=True)
    first, second = run(world), run(world)
    assert (first.totals["settled"].count, second.totals["settled"].count) == (1, 0)
    assert first.differences == second.differences
    assert world.balance(customer) == 500_000
    with world.env.db.read() as tx:
        assert [one.public_id for one in runs(tx, "xendit")] == [second.public_id, first.public_id]


def test_two_workers_at_once_credit_once_and_keep_one_row(world: World, box: Box) -> None:
    customers = [world.customer(f"{number}@pelanggan.test") for number in range(4)]
    for customer in customers:
        lost(world, box, customer)
    XenditClient(box.xendit_url).create("of_another_shop")
    box.pay("of_another_shop", drop_webhook=True)
    views: list[RunView] = []
    threads = [threading.Thread(target=lambda: views.append(run(world))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [view.unexplained for view in views] == [1, 1, 1]
    assert [world.balance(customer) for customer in customers] == [500_000] * 4
    with world.env.db.read() as tx:
        assert len(tx.scalars(select(Difference)).all()) == 1
        assert len(tx.scalars(select(ReconcileRun)).all()) == 3
    world.books_are_right()


def test_a_run_that_dies_half_way_is_made_whole_by_the_next(world: World, box: Box) -> None:
    customer = world.customer()
    lost(world, box, customer)
    world.crashes.armed["settle.booked"] = Crash()
    with pytest.raises(Crash):
        run(world)
    assert run(world).unexplained == 0
    assert world.balance(customer) == 500_000


def test_a_gateway_without_its_list_leaves_everything_as_it_was(world: World, box: Box) -> None:
    lost(world, box, world.customer())
    box.fault("500", "transactions", times=None)
    with pytest.raises(GatewayUnavailable):
        run(world)
    with world.env.db.read() as tx:
        assert tx.scalars(select(ReconcileRun)).all() == []


def test_who_may_look_may_not_settle(world: World) -> None:
    assert run(world, SUPPORT, is_trial=True).unexplained == 0
    with pytest.raises(Forbidden):
        run(world, SUPPORT)
    assert run(world, FINANCE).unexplained == 0

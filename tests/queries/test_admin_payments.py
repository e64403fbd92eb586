"""The operators' list of payments: what each filter and each number finds, pages by key, and one payment in full."""

from __future__ import annotations

from billing_ui.kit.amount import Amount
from billing_ui.queries.admin_numbers import desk_numbers
from billing_ui.queries.admin_payment import PaymentFile, payment_file
from billing_ui.queries.admin_payments import PaymentPage, listed
from billing_ui.rules.access import system
from billing_ui.rules.facts import Captured
from billing_ui.rules.payment_lists import wish
from billing_ui.services import captures, payments
from tests.world import World

ZONE = "Asia/Jakarta"


def page(world: World, **told: str) -> PaymentPage:
    with world.env.db.read() as tx:
        return listed(tx, wish(told), world.clock.now(), ZONE)


def refs(world: World, **told: str) -> list[str]:
    return [row.ref for row in page(world, **told).rows]


def whole(world: World, payment: str) -> PaymentFile:
    with world.env.db.read() as tx:
        found = payment_file(tx, payment)
    assert found is not None
    return found


def arrives(world: World, ref: str, name: str, amount: int, currency: str = "IDR") -> None:
    world.settle(ref, Captured("xendit", name, "", ref, Amount(amount, currency), world.clock.now()))


def test_the_newest_stand_first_and_each_on_exactly_one_page_both_ways(world: World) -> None:
    customer = world.customer()
    made = []
    for number in range(60):
        made.append(world.wants(customer, amount=25_000 + 1_000 * number))
        world.later(seconds=2 if number % 3 else 0)
    first = page(world)
    assert (first.has_newer, first.has_older) == (False, True)
    second = page(world, after=first.rows[-1].id)
    third = page(world, after=second.rows[-1].id)
    assert [row.ref for each in (first, second, third) for row in each.rows] == made[::-1]
    assert (third.has_newer, third.has_older) == (True, False)
    assert page(world, before=third.rows[0].id) == PaymentPage(second.rows, has_newer=True, has_older=True)
    assert page(world, before=second.rows[0].id).rows == first.rows
    assert page(world, before=second.rows[0].id).has_newer is False


def test_every_name_of_a_payment_finds_it_and_nothing_else(world: World) -> None:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test", "Budi")
    ref, other = world.wants(sari), world.wants(budi)
    arrives(world, ref, "py-known", 50_000)
    payment = world.payment(ref)
    capture = world.captures()[0]
    names = [
        ref, payment.reference, payment.public_id, payment.gateway_request_id or "", "py-known", capture.public_id,
        "Sari@Pelanggan.test", f"  {ref} ",
    ]  # fmt: skip
    assert {name: refs(world, q=name) for name in names} == {name: [ref] for name in names}
    assert refs(world, q="nobody@pelanggan.test") == refs(world, q="pr-unknown") == refs(world, q="%") == []
    assert refs(world) == [other, ref]


def test_filters_narrow_by_status_method_and_local_day(world: World) -> None:
    customer = world.customer()
    old = world.wants(customer, amount=25_000)
    arrives(world, old, "py-1", 25_000)
    world.later(days=2)
    va = world.wants(customer, amount=50_000, method="VA_BCA")
    assert refs(world, status="paid") == [old]
    assert refs(world, status="pending") == refs(world, method="VA_BCA") == [va]
    # 03:00 UTC is 10:00 in Jakarta: the same day there.
    assert refs(world, **{"from": "2026-11-21", "to": "2026-11-21"}) == [old]
    assert refs(world, **{"from": "2026-11-22"}) == [va]
    assert refs(world, gateway="xendit", status="nonsense", per="7") == [va, old]


def test_money_that_waits_for_a_person_is_found_flagged_and_counted(world: World) -> None:
    customer = world.customer()
    held, extra, fine = world.wants(customer), world.wants(customer, 25_000), world.wants(customer, 100_000)
    arrives(world, held, "py-held", 40_000)
    arrives(world, extra, "py-first", 25_000)
    arrives(world, extra, "py-again", 25_000)
    arrives(world, fine, "py-fine", 100_000)
    found = page(world, status="decision").rows
    assert {row.ref: row.flags for row in found} == {
        held: ("needs_decision", "held"), extra: ("needs_decision", "extra"),
    }  # fmt: skip
    with world.env.db.read() as tx:
        numbers = desk_numbers(tx, world.clock.now())
    assert (numbers.undecided, numbers.undecided_count) == ((("IDR", 65_000),), 2)
    assert numbers.oldest_at == world.clock.now()


def test_decided_money_waits_no_more_and_says_how_much_of_it_went_back(world: World) -> None:
    customer = world.customer()
    twice, wrong = world.wants(customer, 100_000, "VA_BCA"), world.wants(customer, 50_000, "VA_BNI")
    arrives(world, twice, "py-first", 100_000)
    arrives(world, twice, "py-again", 100_000)
    arrives(world, wrong, "py-wrong", 30_000)
    for capture in world.captures()[1:]:
        captures.decide(world.env, system("desk"), capture.public_id, "paid_out", "asked for it back", "BCA-20261121-1")
    found = {row.ref: row.flags for row in page(world, status="refunded").rows}
    assert found == {twice: ("extra", "partly_refunded"), wrong: ("held", "refunded")}
    assert refs(world, status="decision") == []
    file = whole(world, world.payment(twice).public_id)
    assert [line.decision for line in file.captures] == ["", "paid_out"]
    assert file.waits == ()
    assert any(line.key.startswith("refund:manual:") for line in file.entries)


def test_waiting_long_is_not_stuck_until_the_code_should_have_ended(world: World) -> None:
    customer = world.customer()
    va = world.wants(customer, method="VA_BCA")
    qris = world.wants(customer, amount=25_000)
    assert refs(world, status="waiting") == refs(world, status="stuck") == []
    world.later(hours=1, seconds=1)
    assert set(refs(world, status="waiting")) == {va, qris}
    assert refs(world, status="stuck") == []
    world.later(hours=1, minutes=5)
    assert refs(world, status="stuck") == [qris]
    with world.env.db.read() as tx:
        numbers = desk_numbers(tx, world.clock.now())
    assert (numbers.waiting, numbers.stuck) == (2, 1)


def test_late_money_carries_its_flag(world: World) -> None:
    ref = world.wants(world.customer())
    payment = world.payment(ref)
    assert payment.id is not None
    payments.happened(world.env, system("test"), payment.id, "expired")
    arrives(world, ref, "py-late", 50_000)
    assert [row.flags for row in page(world, status="late").rows] == [("late",)]


def test_the_file_of_a_payment_holds_its_whole_story_books_and_traces(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    arrives(world, ref, "py-first", 50_000)
    arrives(world, ref, "py-again", 50_000)
    payment = world.payment(ref)
    found = whole(world, payment.public_id)
    assert found.account_id == customer.account_id
    assert (found.facts["ref"], found.facts["email"], found.facts["balance"]) == (ref, customer.email, 500_000)
    assert [(line.outcome, line.decision) for line in found.captures] == [("credited", ""), ("extra", "")]
    assert [line.kind for line in found.story][-3:] == ["captured", "credited", "extra"]
    assert {line.key for line in found.entries} == {"topup:xendit:py-first", "capture:xendit:py-again"}
    assert {line.action for line in found.audits} >= {"payment.credited", "payment.extra"}
    assert [line.key for line in found.jobs] == [f"look:{payment.public_id}"]
    assert [line.reference for line in found.attempts] == [payment.reference]


def test_a_payment_nobody_has_has_no_file(world: World) -> None:
    with world.env.db.read() as tx:
        assert payment_file(tx, "pay_00000000000000000000000000") is None

"""Receipts: one for each paid purchase, numbered without gaps, frozen on the day they are issued."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from billing_ui.kit.amount import Amount
from billing_ui.models import Account, Receipt, Refund
from billing_ui.queries import receipts as stored
from billing_ui.queries.payment import payment_view
from billing_ui.queries.receipts import ReceiptView
from billing_ui.rules.access import system
from billing_ui.rules.facts import Captured
from billing_ui.services import captures, settings
from billing_ui.services.missing_receipts import issue_missing
from tests.live_sandbox import Box
from tests.world import Crash, Customer, World


def news(world: World, ref: str, payment_id: str = "py-0001", amount: int = 50_000) -> Captured:
    payment = world.payment(ref)
    return Captured("xendit", payment_id, payment.gateway_request_id or "", ref, Amount(amount, "IDR"), None)


def paid(world: World, customer: Customer, payment_id: str = "py-0001") -> str:
    ref = world.wants(customer)
    world.settle(ref, news(world, ref, payment_id, world.payment(ref).total_amount))
    return ref


def numbers(world: World) -> list[str]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(col(Receipt.number)).order_by(col(Receipt.id))))


def of(world: World, ref: str) -> ReceiptView:
    with world.env.db.read() as tx:
        found = stored.for_purchase(tx, ref)
    assert found is not None
    return found


def choose(world: World, key: str, value: object) -> None:
    settings.set_value(world.env, system("test"), key, value, "a test")


def test_a_paid_purchase_has_one_receipt_with_everything_on_it(world: World) -> None:
    customer = world.customer()
    ref = paid(world, customer)
    receipt = of(world, ref)
    assert receipt.number == "KW-2026-000001"
    assert (receipt.brand, receipt.seller.name, receipt.buyer.name) == ("Makalah AI", "Makalah AI", "Sari Dewi")
    assert (receipt.ref, receipt.method, receipt.gateway_payment_id) == (ref, "QRIS", "py-0001")
    assert (receipt.tokens, receipt.bonus_tokens, receipt.total, receipt.currency) == (500_000, 0, 50_000, "IDR")
    assert (receipt.paid_at, receipt.zone, receipt.standing) == (world.clock.now(), "Asia/Jakarta", "valid")
    payment_id = world.payment(ref).id
    assert payment_id is not None
    with world.env.db.read() as tx:
        assert stored.for_payment(tx, payment_id) == stored.by_number(tx, receipt.number) == receipt


def test_the_same_news_again_issues_no_second_receipt(world: World) -> None:
    customer = world.customer()
    ref = paid(world, customer)
    world.settle(ref, news(world, ref))
    world.settle(ref, news(world, ref, "py-0002"))
    assert numbers(world) == ["KW-2026-000001"]


def test_money_that_pays_nothing_has_no_receipt(world: World) -> None:
    ref = world.wants(world.customer())
    world.settle(ref, news(world, ref, amount=49_999))
    assert numbers(world) == []


def test_sixteen_credits_at_once_are_numbered_without_gaps(world: World) -> None:
    customers = [world.customer(f"orang{n}@pelanggan.test") for n in range(16)]
    wishes = [(ref, news(world, ref, f"py-{n:04d}")) for n, ref in enumerate(map(world.wants, customers))]
    start = threading.Barrier(len(wishes))
    failed: list[BaseException] = []

    def settle(ref: str, captured: Captured) -> None:
        start.wait(20)
        try:
            world.settle(ref, captured)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=settle, args=wish) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(numbers(world)) == [f"KW-2026-{n:06d}" for n in range(1, 17)]
    world.books_are_right()


@pytest.mark.parametrize("where", ["receipt.numbered", "settle.booked", "db.before_commit"])
def test_a_crash_after_the_number_was_taken_leaves_no_gap(world: World, where: str) -> None:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test", "Budi")
    first, second = world.wants(sari), world.wants(budi)
    world.crashes.armed[where] = Crash()
    with pytest.raises(Crash):
        world.settle(first, news(world, first))
    world.settle(second, news(world, second, "py-0002"))
    world.settle(first, news(world, first))
    assert (of(world, second).number, of(world, first).number) == ("KW-2026-000001", "KW-2026-000002")


def test_the_year_on_the_number_is_the_year_of_the_seller(world: World) -> None:
    customer = world.customer()
    paid(world, customer)
    world.later(days=40, hours=13, minutes=59)
    paid(world, customer, "py-0002")
    world.later(minutes=2)
    paid(world, customer, "py-0003")
    assert numbers(world) == ["KW-2026-000001", "KW-2026-000002", "KW-2027-000001"]


def test_a_receipt_survives_later_names_and_rates(world: World) -> None:
    customer = world.customer()
    choose(world, "seller.name", "PT Makalah Cerdas Indonesia")
    ref = paid(world, customer)
    before = of(world, ref)
    choose(world, "seller.name", "PT Lain Sekali")
    choose(world, "tax.mode", "included")
    with world.env.db.begin() as tx:
        tx.get_one(Account, customer.account_id).name = "Sari Dewi Lestari"
    assert of(world, ref) == before
    assert (before.seller.name, before.buyer.name, before.tax) == ("PT Makalah Cerdas Indonesia", "Sari Dewi", None)


@pytest.mark.parametrize(
    ("mode", "total", "tax"),
    [("off", 50_000, None), ("included", 50_000, (4_955, 45_045)), ("added", 55_500, (5_500, 50_000))],
)
def test_tax_stands_on_it_as_it_is_configured(world: World, mode: str, total: int, tax: Any) -> None:
    choose(world, "tax.mode", mode)
    receipt = of(world, paid(world, world.customer()))
    assert receipt.total == total
    if tax is None:
        assert receipt.tax is None
    else:
        assert receipt.tax is not None
        assert (receipt.tax.mode, receipt.tax.rate_per_10000) == (mode, 1_100)
        assert (receipt.tax.amount, receipt.tax.base) == tax


def test_payments_of_before_are_given_theirs_once(world: World) -> None:
    customer = world.customer()
    refs = []
    for n in range(3):
        refs.append(paid(world, customer, f"py-{n:04d}"))
        world.later(minutes=20)
    with world.env.db.begin() as tx:
        tx.execute(delete(Receipt))
    assert issue_missing(world.env) == 3
    assert issue_missing(world.env) == 0
    assert [of(world, ref).number for ref in refs] == [f"KW-2026-{n:06d}" for n in range(1, 4)]
    assert of(world, refs[0]).paid_at == world.clock.now() - timedelta(hours=1)


def test_two_rounds_at_once_give_each_payment_one_receipt(world: World) -> None:
    for n in range(4):
        paid(world, world.customer(f"orang{n}@pelanggan.test"), f"py-{n:04d}")
    with world.env.db.begin() as tx:
        tx.execute(delete(Receipt))
    rounds = [threading.Thread(target=issue_missing, args=(world.env,)) for _ in range(3)]
    for each in rounds:
        each.start()
    for each in rounds:
        each.join()
    assert numbers(world) == [f"KW-2026-{n:06d}" for n in range(1, 5)]


def test_money_that_went_back_shows_on_the_receipt(world: World) -> None:
    customer = world.customer()
    ref = paid(world, customer)
    payment, (capture,) = world.payment(ref), world.captures()
    for status, amount, standing in (
        ("pending", 50_000, "valid"), ("succeeded", 20_000, "partly_refunded"), ("succeeded", 30_000, "refunded"),
    ):  # fmt: skip
        with world.env.db.begin() as tx:
            tx.add(
                Refund(
                    public_id=world.env.ids.public("ref"), account_id=customer.account_id, payment_id=payment.id or 0,
                    capture_id=capture.id, kind="gateway", gateway="xendit",
                    reference=world.env.ids.public("r"), amount=amount, currency="IDR", status=status,
                    created_by="test", created_at=world.clock.now(),
                    changed_at=world.clock.now(),
                )
            )  # fmt: skip
        assert of(world, ref).standing == standing


def test_a_member_sees_the_number_beside_the_payment_and_a_stranger_does_not(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)

    def shown(account_id: int | None) -> str:
        with world.env.db.read() as tx:
            view = payment_view(tx, ref, account_id)
        assert view is not None
        return view.receipt

    assert shown(customer.account_id) == ""
    world.settle(ref, news(world, ref))
    assert shown(customer.account_id) == "KW-2026-000001"
    assert shown(world.customer("budi@pelanggan.test").account_id) == shown(None) == ""


def test_the_mail_about_a_payment_leads_to_its_receipt(world: World, box: Box) -> None:
    customer = world.customer()
    ref = paid(world, customer)
    world.work()
    (mail,) = box.inbox(customer.email)
    receipt = of(world, ref)
    assert receipt.number in mail["text"]
    assert world.env.config.url(f"{receipt.pdf}?lang=id") in mail["text"]
    assert receipt.check_code not in mail["text"]


def test_money_credited_by_a_decision_has_a_receipt_of_what_really_came(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, news(world, ref, amount=30_000))
    world.later(days=1)
    (held,) = world.captures()
    captures.decide(world.env, system("desk"), held.public_id, "credited", "the customer agreed")
    receipt = of(world, ref)
    assert (receipt.number, receipt.total, receipt.tokens) == ("KW-2026-000001", 30_000, 300_000)
    assert receipt.paid_at == world.clock.now() - timedelta(days=1)
    assert receipt.standing == "valid"


def test_money_that_came_twice_and_was_credited_twice_has_two_receipts(world: World) -> None:
    customer = world.customer()
    ref = paid(world, customer)
    world.settle(ref, news(world, ref, "py-0002"))
    captures.decide(world.env, system("desk"), world.captures()[1].public_id, "credited", "the customer agreed")
    with world.env.db.read() as tx:
        first, second = stored.all_for_purchase(tx, ref)
    assert (first.number, first.gateway_payment_id) == ("KW-2026-000001", "py-0001")
    assert (second.number, second.gateway_payment_id) == ("KW-2026-000002", "py-0002")
    assert of(world, ref) == first
    with world.env.db.begin() as tx:
        tx.execute(delete(Receipt))
    assert issue_missing(world.env) == 2
    assert numbers(world) == ["KW-2026-000001", "KW-2026-000002"]


def test_the_mail_about_money_that_came_on_top_leads_to_the_receipt_of_that_money(world: World, box: Box) -> None:
    customer = world.customer()
    ref = paid(world, customer)
    world.settle(ref, news(world, ref, "py-0002"))
    world.work()
    captures.decide(world.env, system("desk"), world.captures()[1].public_id, "credited", "the customer agreed")
    world.work()
    texts = [mail["text"] for mail in box.inbox(customer.email)]
    for number in ("KW-2026-000001", "KW-2026-000002"):
        assert sum(number in text for text in texts) == 1


def test_the_tax_on_it_is_that_of_the_day_the_price_was_agreed_on(world: World) -> None:
    choose(world, "tax.mode", "included")
    world.later(minutes=1)
    ref = world.wants(world.customer())
    world.later(minutes=1)
    choose(world, "tax.rate_per_10000", 1_200)
    choose(world, "tax.mode", "off")
    world.settle(ref, news(world, ref))
    tax = of(world, ref).tax
    assert tax is not None
    assert (tax.mode, tax.rate_per_10000, tax.amount) == ("included", 1_100, 4_955)

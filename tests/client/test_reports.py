"""What a host app reads: accounts, limits, use, books, plans, and payments that its users make."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import pytest

from billing_ui.api import account_schemas, schemas, usage_schemas
from billing_ui.client import Billing, Conflict, NotFound, answers, reports
from billing_ui.infra.db import Database
from tests.client.desk import CHAT, Desk, open_desk
from tests.live_sandbox import Box


def test_an_account_is_opened_once_for_a_user_of_the_host(billing: Billing, desk: Desk) -> None:
    desk.road.plan = ["unheard"]
    opened = billing.init_user("user-2", name="Dewi", zone="Asia/Makassar", language="en")
    assert not opened.is_new and opened.plan == "gratis" and opened.allowance_left == 100_000
    assert billing.init_user("user-2").account == opened.account
    assert billing.record(**{**CHAT, "external_id": "user-2"}).charged == 1_000
    assert billing.usage_summary(account=opened.account).zone == "Asia/Makassar"


def test_a_summary_is_all_that_a_quota_banner_needs(billing: Billing, desk: Desk) -> None:
    billing.record(**{**CHAT, "input_tokens": 17_600})
    summary = billing.usage_summary(external_id="user-1")
    assert (summary.plan, summary.included, summary.today.totals["tokens"].quantity) == ("gratis", 100_000, 18_000)
    assert (summary.meters["tokens"].percent, summary.today.from_, summary.month.from_) == (
        90, date(2026, 11, 21), date(2026, 11, 1))  # fmt: skip
    notice = billing.warnings(external_id="user-1")[0]
    assert (notice.level, notice.code, notice.percent) == ("warning", "quota_near", 90)
    assert notice.text and notice.action_url.startswith("http")


def test_use_and_books_are_read_by_day_and_line(billing: Billing, desk: Desk) -> None:
    desk.give(500)
    for number in range(3):
        billing.record(**CHAT, event_id=f"evt-{number}", session_id="s-1")
    by_operation = billing.usage("today", group_by="operation", external_id="user-1")
    by_day = billing.usage(first=date(2026, 11, 1), last=date(2026, 11, 21), external_id="user-1")
    assert [(row.group, row.events, row.quantity) for row in by_operation.rows] == [("chat", 3, 3_000)]
    assert by_day.totals["tokens"].allowance == 3_000 and by_day.from_ == date(2026, 11, 1)
    page = billing.ledger(limit=2, external_id="user-1")
    rest = billing.ledger(page.next_cursor, external_id="user-1")
    assert [line.key for line in (*page.entries, *rest.entries)][:3] == ["usage:evt-2", "usage:evt-1", "usage:evt-0"]
    assert rest.next_cursor is None


def test_plans_are_read_as_they_are_sold(billing: Billing, desk: Desk) -> None:
    offers = billing.plans()
    bpp = billing.plan("bpp")
    assert bpp in offers.plans and bpp.name.id == "Bayar Per Paper"
    assert [option.amount for option in bpp.topup_options] == [25_000, 50_000, 100_000]
    assert billing.subscription_info(external_id="user-1").plan.slug == "gratis"
    with pytest.raises(NotFound):
        billing.plan("a/b")


@pytest.fixture
def paying(stocked_db: Database, box: Box) -> Iterator[Desk]:
    with open_desk(stocked_db, box) as opened:
        yield opened


def test_a_topup_is_one_purchase_however_often_it_is_asked_for(paying: Desk, box: Box) -> None:
    with paying.billing() as billing:
        paying.road.plan = ["unheard", "lost"]
        asked = billing.topup(50_000, "QRIS", external_id="user-1")
        assert asked.status == "pending" and asked.qr_string and not asked.is_paid and asked.pay_url
        same = billing.topup(50_000, "QRIS", key="order-0001", external_id="user-1")
        assert billing.topup(50_000, "QRIS", key="order-0001", external_id="user-1") == same
        with pytest.raises(Conflict):
            billing.topup(25_000, "QRIS", key="order-0001", external_id="user-1")
        box.pay(asked.payment_id)
        paying.world.later(seconds=30)
        paying.world.work()
        paid = billing.payment(asked.payment_id)
        assert paid.is_paid and paid.tokens == 500_000 and paid.paid_at and paid.receipt and paid.timeline
        assert billing.balance(external_id="user-1").balance == 500_000


async def test_the_async_client_reads_the_same(desk: Desk) -> None:
    with desk.billing() as sync_one:
        sync_one.record(**CHAT)
        async with desk.async_billing() as billing:
            assert await billing.usage_summary(external_id="user-1") == sync_one.usage_summary(external_id="user-1")
            assert await billing.usage(external_id="user-1") == sync_one.usage(external_id="user-1")
            assert await billing.ledger(external_id="user-1") == sync_one.ledger(external_id="user-1")
            assert await billing.plans() == sync_one.plans()
            assert await billing.plan("bpp") == sync_one.plan("bpp")
            assert (await billing.subscription_info(external_id="user-1")).plan.slug == "gratis"
            assert await billing.warnings(external_id="user-1") == sync_one.warnings(external_id="user-1")
            assert not (await billing.init_user("user-1")).is_new


SHAPES = {
    answers.Limit: usage_schemas.LimitAnswer, answers.Meter: usage_schemas.MeterAnswer,
    answers.Notice: usage_schemas.WarningAnswer, answers.Standing: usage_schemas.StandingAnswer,
    answers.Refusal: usage_schemas.RefusalAnswer, answers.Checked: usage_schemas.CheckAnswer,
    answers.Charged: usage_schemas.UsageAnswer, answers.Held: usage_schemas.ReserveAnswer,
    answers.Released: usage_schemas.ReleaseAnswer, answers.Opened: account_schemas.InitUserAnswer,
    answers.CoveredBy: usage_schemas.CoveredBy, answers.Balance: schemas.BalanceAnswer,
    answers.Topup: schemas.TopupAnswer, answers.Payment: schemas.PaymentAnswer, answers.Receipt: schemas.ReceiptLink,
    reports.Summary: account_schemas.SummaryAnswer, reports.Used: account_schemas.UsedAnswer,
    reports.UsageReport: account_schemas.UsageReport, reports.Entry: account_schemas.EntryAnswer,
    reports.LedgerPage: account_schemas.LedgerAnswer, reports.Plan: account_schemas.PlanOffer,
    reports.Package: account_schemas.PackageOffer, reports.Subscription: account_schemas.SubscriptionAnswer,
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_client_knows_every_field_that_the_document_promises(shape: type) -> None:
    promised = {field.alias or name for name, field in SHAPES[shape].model_fields.items()}
    assert {field.name.rstrip("_") for field in fields(shape)} == promised


def test_importing_the_client_brings_neither_the_product_nor_its_framework() -> None:
    heavy = "reflex sqlalchemy sqlmodel fastapi starlette pydantic flask billing_ui.config billing_ui.rules"
    told = f"import sys, billing_ui.client; print([name for name in {heavy.split()} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

"""Refunds and disputes: what Xendit allows, how they end, and the shapes in which they are told."""

from datetime import timedelta
from typing import Any

import pytest
import xendit as sdk
from xendit.apis import BalanceApi, RefundApi, TransactionApi
from xendit.refund.model.create_refund import CreateRefund

from billing_ui.sandbox.refunds import TERMS
from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient


def refusal(act: Any) -> tuple[int, str]:
    with pytest.raises(sdk.XenditSdkException) as caught:
        act()
    return int(caught.value.status), str(caught.value.errorCode)


def paid(xendit: XenditClient, box: Box, reference: str = "top_a", channel: str = "QRIS", **how: Any) -> str:
    made = xendit.create(reference, channel)
    box.pay(reference, drop_webhook=True, **how)
    return str(made["payment_request_id"])


def ask(xendit: XenditClient, request_id: str, **more: Any) -> Any:
    body = {"payment_request_id": request_id, "reason": "REQUESTED_BY_CUSTOMER", "currency": "IDR", **more}
    return xendit.call("POST", "/refunds", body)


def test_the_typed_refund_call_asks_reads_and_lists(xendit: XenditClient, box: Box, app: Receiver) -> None:
    request_id = paid(xendit, box)
    api = RefundApi(xendit.client)
    wish = CreateRefund(payment_request_id=request_id, reference_id="ref_1", amount=20_000.0, currency="IDR",
                        reason="DUPLICATE")  # fmt: skip
    first, again = (api.create_refund(idempotency_key="ref_1", create_refund=wish) for _ in range(2))
    assert first.id == again.id
    assert (first.to_dict()["status"], first.amount) == ("PENDING", 20_000)
    told = app.wait_for(1)[0].body
    assert (told["event"], told["data"]["id"], told["data"]["amount"]) == ("refund.succeeded", first.id, 20_000)
    assert api.get_refund(refund_id=first.id).to_dict()["status"] == "SUCCEEDED"
    assert [each.id for each in api.get_all_refunds(payment_request_id=request_id).data] == [first.id]


def test_a_key_that_was_used_for_another_refund_is_refused(xendit: XenditClient, box: Box) -> None:
    request_id = paid(xendit, box)
    api = RefundApi(xendit.client)
    wishes = [CreateRefund(payment_request_id=request_id, amount=float(n), reason="OTHERS") for n in (1_000, 2_000)]
    api.create_refund(idempotency_key="ref_1", create_refund=wishes[0])
    assert refusal(lambda: api.create_refund(idempotency_key="ref_1", create_refund=wishes[1]))[0] == 409


def test_refunds_move_the_balance_and_stand_among_the_transactions(xendit: XenditClient, box: Box) -> None:
    paid(xendit, box)
    before = BalanceApi(xendit.client).get_balance().balance
    [refund] = box.refund("top_a", amount=15_000)["refunds"]
    assert BalanceApi(xendit.client).get_balance().balance == before - 15_000
    rows = TransactionApi(xendit.client).get_all_transactions().to_dict()["data"]
    assert (refund["id"], 15_000) in {(row["product_id"], row["amount"]) for row in rows}


def test_partial_refunds_add_up_to_the_payment_and_no_further(xendit: XenditClient, box: Box) -> None:
    request_id = paid(xendit, box)
    box.refund("top_a", amount=30_000)
    assert refusal(lambda: ask(xendit, request_id, amount=20_001)) == (400, "REFUND_AMOUNT_EXCEEDED")
    box.refund("top_a")
    assert [refund["amount"] for refund in box.payment("top_a")["refunds"]] == [30_000, 20_000]
    assert box.call("POST", "/_sim/payments/top_a/refund", {}).status == 409


def test_only_one_refund_is_under_way_at_a_time(xendit: XenditClient, box: Box) -> None:
    request_id = paid(xendit, box)
    box.mode(refund_outcome="pending")
    asked = ask(xendit, request_id, amount=1_000)
    assert refusal(lambda: ask(xendit, request_id, amount=1_000)) == (400, "REFUND_IN_PROGRESS")
    assert box.settle_refund(asked["id"], "failed", code="INSUFFICIENT_BALANCE")["status"] == "FAILED"
    assert ask(xendit, request_id, amount=50_000)["status"] == "PENDING"


def test_a_refund_can_be_cancelled_while_it_is_under_way(xendit: XenditClient, box: Box, app: Receiver) -> None:
    request_id = paid(xendit, box)
    box.mode(refund_outcome="pending")
    path = f"/refunds/{ask(xendit, request_id)['id']}/cancel"
    assert xendit.call("POST", path)["status"] == "CANCELLED"
    assert refusal(lambda: xendit.call("POST", path)) == (400, "INELIGIBLE_TRANSACTION_STATUS")
    assert app.told == []


@pytest.mark.parametrize(
    ("channel", "amount", "expected"),
    [("BCA_VIRTUAL_ACCOUNT", None, (403, "REFUND_NOT_SUPPORTED")), ("ASTRAPAY", None, (403, "REFUND_NOT_SUPPORTED")),
     ("LINKAJA", 10_000, (403, "PARTIAL_REFUND_NOT_SUPPORTED"))],
)  # fmt: skip
def test_a_channel_gives_back_what_it_can(
    xendit: XenditClient, box: Box, channel: str, amount: int | None, expected: tuple[int, str]
) -> None:
    request_id = paid(xendit, box, channel=channel)
    wish = {} if amount is None else {"amount": amount}
    assert refusal(lambda: ask(xendit, request_id, **wish)) == expected


@pytest.mark.parametrize("channel", sorted(TERMS))
def test_a_refund_is_too_late_when_its_days_are_over(xendit: XenditClient, box: Box, channel: str) -> None:
    request_id = paid(xendit, box, channel=channel)
    box.advance((timedelta(days=TERMS[channel].days) - timedelta(minutes=1)).total_seconds())
    box.mode(refund_outcome="failed", refund_after_s=0)
    ask(xendit, request_id)
    box.advance(61)
    assert refusal(lambda: ask(xendit, request_id)) == (403, "REFUND_NOT_SUPPORTED")


@pytest.mark.parametrize("body", [{"reason": "BECAUSE"}, {"amount": 0}, {"amount": 10.5}, {"currency": "USD"},
                                  {"metadata": []}, {"reference_id": 7}], ids=str)  # fmt: skip
def test_a_refund_that_makes_no_sense_is_refused(xendit: XenditClient, box: Box, body: dict[str, Any]) -> None:
    request_id = paid(xendit, box)
    assert refusal(lambda: ask(xendit, request_id, **body)) == (400, "API_VALIDATION_ERROR")


def test_what_is_not_there_is_not_given_back(xendit: XenditClient, box: Box) -> None:
    assert refusal(lambda: ask(xendit, "pr-unknown")) == (404, "DATA_NOT_FOUND")
    unpaid = xendit.create("top_b")["payment_request_id"]
    assert refusal(lambda: ask(xendit, unpaid)) == (404, "DATA_NOT_FOUND")
    assert refusal(lambda: xendit.call("GET", "/refunds/rfd-unknown")) == (404, "DATA_NOT_FOUND")
    assert box.call("POST", "/_sim/payments/top_x/refund", {}).status == 404
    assert box.call("POST", "/_sim/refunds/rfd-unknown/settle", {}).status == 404


@pytest.mark.parametrize(("shape", "depth"), [("flat", 1), ("nested", 2)])
def test_a_refund_is_told_in_both_published_shapes(
    xendit: XenditClient, box: Box, app: Receiver, shape: str, depth: int
) -> None:
    box.mode(refunds=shape)
    paid(xendit, box)
    box.refund("top_a", outcome="failed", code="ACCOUNT_NOT_FOUND", times=2)
    told = app.wait_for(2)[0].body
    assert told["event"] == "refund.failed"
    for _ in range(depth):
        told = told["data"]
    assert (told["status"], told["failure_code"], told["currency"]) == ("FAILED", "ACCOUNT_NOT_FOUND", "IDR")
    assert len({message.headers["webhook-id"] for message in app.told}) == 1


def test_a_refund_may_take_days_of_the_sandboxs_clock(xendit: XenditClient, box: Box, app: Receiver) -> None:
    paid(xendit, box)
    assert box.refund("top_a", after_s=86_400)["refunds"][0]["status"] == "PENDING"
    box.advance(86_400)
    assert box.payment("top_a")["refunds"][0]["status"] == "SUCCEEDED"
    assert [told.body["event"] for told in app.told] == ["refund.succeeded"]


def test_of_two_payments_the_named_one_goes_back(xendit: XenditClient, box: Box) -> None:
    paid(xendit, box, payments=2)
    first, second = box.payment("top_a")["payment_ids"]
    box.refund("top_a", payment_id=first)
    box.refund("top_a")
    assert [refund["payment_id"] for refund in box.payment("top_a")["refunds"]] == [first, second]


@pytest.mark.parametrize(("end", "event"), [("win", "dispute.won"), ("lose", "dispute.lost")])
def test_a_dispute_is_told_flat_from_its_opening_to_its_end(
    xendit: XenditClient, box: Box, app: Receiver, end: str, event: str
) -> None:
    paid(xendit, box, channel="CARDS")
    for act in ("open", "review", "remind", end):
        box.dispute("top_a", act)
    bodies = [told.body for told in app.told]
    told = ["dispute.action_required", "dispute.under_review", "dispute.due_date_approaching", event]
    assert [body["event"] for body in bodies] == told
    assert len({body["id"] for body in bodies}) == 1
    assert "data" not in bodies[0]
    assert bodies[0]["amount"] == {"initial": "50000", "terminal": None}
    assert bodies[-1]["amount"] == {"initial": "50000", "terminal": "50000"}
    assert [bodies[0]["payment_id"]] == box.payment("top_a")["payment_ids"]
    assert box.payment("top_a")["disputes"][0]["status"] == {"win": "WON", "lose": "LOST"}[end]


def test_a_dispute_needs_money_and_its_own_order(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a", "CARDS")
    path = "/_sim/payments/top_a/dispute"
    assert box.call("POST", path, {"act": "open"}).status == 409
    box.pay("top_a")
    assert box.call("POST", path, {"act": "win"}).status == 409
    box.dispute("top_a", amount=10_000)
    assert box.call("POST", path, {"act": "open"}).status == 409
    assert box.call("POST", path, {"act": "shout"}).status == 400
    assert box.call("POST", "/_sim/payments/top_x/dispute", {}).status == 404

"""Money going back through the real SDK against the sandbox: asked once, read back, found again, refused."""

from collections.abc import Iterator

import pytest

from billing_ui.gateways.xendit import XenditGateway
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayRejected, GatewayUnavailable
from billing_ui.rules.facts import RefundIntent
from tests.contracts.intents import intent
from tests.contracts.recorded import Recorded, recorded
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box


def paid(gateway: XenditGateway, box: Box, method: str = "QRIS") -> str:
    request_id = gateway.create(intent(method)).request_id
    box.pay("top_1")
    return request_id


def wish(request_id: str, amount: int = 20_000, reference: str = "rfd_1") -> RefundIntent:
    return RefundIntent(reference, request_id, Amount(amount, "IDR"))


def test_a_refund_is_asked_for_once_however_often_it_is_sent(gateway: XenditGateway, box: Box) -> None:
    box.mode(refund_outcome="pending")
    request_id = paid(gateway, box)
    first = gateway.refund(wish(request_id))
    assert gateway.refund(wish(request_id)) == first
    assert (first.state, first.amount, first.reference) == ("pending", Amount(20_000, "IDR"), "rfd_1")
    assert len(box.payment("top_1")["refunds"]) == 1


@pytest.mark.parametrize(("outcome", "state"), [("succeeded", "succeeded"), ("failed", "failed")])
def test_what_became_of_a_refund_is_read_back(gateway: XenditGateway, box: Box, outcome: str, state: str) -> None:
    box.mode(refund_outcome="pending")
    request_id = paid(gateway, box)
    asked = gateway.refund(wish(request_id))
    box.settle_refund(asked.gateway_refund_id, outcome)
    told = gateway.refund_status(asked.gateway_refund_id)
    assert (told.state, told.request_id, told.reference) == (state, request_id, "rfd_1")
    assert told.gateway_payment_id == box.payment("top_1")["payment_ids"][0]


def test_a_refund_whose_answer_was_lost_is_found_by_its_reference(gateway: XenditGateway, box: Box) -> None:
    box.mode(refund_outcome="pending")
    request_id = paid(gateway, box)
    assert gateway.refund_by("rfd_1", request_id) is None
    asked = gateway.refund(wish(request_id))
    assert gateway.refund_by("rfd_1", request_id) == asked
    assert gateway.refund_by("rfd_else", request_id) is None


def test_a_refund_that_is_not_allowed_is_rejected_with_the_gateways_word(gateway: XenditGateway, box: Box) -> None:
    request_id = paid(gateway, box, "VA_BCA")
    with pytest.raises(GatewayRejected, match="REFUND_NOT_SUPPORTED"):
        gateway.refund(wish(request_id))
    with pytest.raises(GatewayRejected):
        gateway.refund(wish("pr-unknown"))
    with pytest.raises(GatewayRejected):
        gateway.refund_status("rfd-unknown")


def test_more_than_came_is_rejected(gateway: XenditGateway, box: Box) -> None:
    request_id = paid(gateway, box)
    with pytest.raises(GatewayRejected, match="REFUND_AMOUNT_EXCEEDED"):
        gateway.refund(wish(request_id, 50_001))


def test_an_accident_while_asking_leaves_the_outcome_unknown(gateway: XenditGateway, box: Box) -> None:
    request_id = paid(gateway, box)
    box.fault("timeout_after_commit", "refund")
    with pytest.raises(GatewayUnavailable):
        gateway.refund(wish(request_id))
    assert gateway.refund_by("rfd_1", request_id) is not None


def test_all_payments_under_a_reference_are_listed(gateway: XenditGateway, box: Box) -> None:
    request_id = gateway.create(intent()).request_id
    ids = box.pay("top_1", payments=2)["payment_ids"]
    assert sorted(gateway.payments_under("top_1")) == sorted(ids)
    assert gateway.payments_under("top_else") == ()
    captures = gateway.status(request_id, tuple(ids)).captures
    assert len(captures) == 2
    assert not any(capture.after_end for capture in captures)


def test_money_for_a_request_that_had_ended_says_so(gateway: XenditGateway, box: Box) -> None:
    request_id = gateway.create(intent()).request_id
    box.expire("top_1")
    box.pay("top_1", after_expiry=True)
    (capture,) = gateway.status(request_id).captures
    assert capture.after_end


REFUND = {
    "id": "rfd-1", "payment_id": "py-1", "amount": 20_000, "currency": "IDR", "status": "SUCCEEDED",
    "reference_id": "rfd_1", "payment_request_id": "pr-1",
}  # fmt: skip


@pytest.fixture
def listed() -> Iterator[tuple[XenditGateway, Recorded]]:
    with recorded() as gateway:
        yield XenditGateway(API_KEY, gateway.url, (CALLBACK_TOKEN,)), gateway


@pytest.mark.parametrize(
    "changes",
    [{"id": None}, {"id": "a/b"}, {"id": "rfd-2"}, {"amount": "0.5"}, {"amount": 0}, {"amount": None},
     {"currency": None}],
    ids=str,
)  # fmt: skip
def test_a_refund_that_cannot_be_read_is_not_believed(
    listed: tuple[XenditGateway, Recorded], changes: dict[str, object]
) -> None:
    gateway, answers = listed
    answers.on("GET /refunds/rfd-1", {**REFUND, **changes})
    with pytest.raises(GatewayUnavailable):
        gateway.refund_status("rfd-1")


def test_a_refund_that_names_no_request_is_traced_by_its_payment(listed: tuple[XenditGateway, Recorded]) -> None:
    gateway, answers = listed
    answers.on("GET /refunds/rfd-1", {**REFUND, "payment_request_id": None, "status": "NEWS_TO_US"})
    answers.on("GET /v3/payments/py-1", {"payment_id": "py-1", "payment_request_id": "pr-9"})
    told = gateway.refund_status("rfd-1")
    assert (told.request_id, told.state) == ("pr-9", "unknown")


def test_an_answer_about_another_refund_is_not_ours(listed: tuple[XenditGateway, Recorded]) -> None:
    gateway, answers = listed
    answers.on("POST /refunds", {**REFUND, "reference_id": "rfd_else"})
    with pytest.raises(GatewayUnavailable):
        gateway.refund(wish("pr-1"))
    answers.on("GET /refunds?payment_request_id=pr-1&limit=100", {"data": "none"})
    with pytest.raises(GatewayUnavailable):
        gateway.refund_by("rfd_1", "pr-1")

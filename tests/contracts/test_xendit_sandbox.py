"""The Xendit adapter through the real SDK against the sandbox: asked, paid, read back, closed, and every accident."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from billing_ui.gateways.xendit import XenditGateway
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayRejected, GatewayUnavailable
from tests.contracts.intents import intent
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box


def test_qris_shows_a_code_and_its_money_is_read_back(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent())
    assert created.instruction.kind == "qr"
    assert created.instruction.value.startswith("000201")
    assert gateway.status(created.request_id).state == "open"
    box.pay("top_1")
    status = gateway.status(created.request_id)
    assert (status.state, status.reference) == ("paid", "top_1")
    (capture,) = status.captures
    assert capture.amount == Amount(50_000, "IDR")
    assert (capture.gateway, capture.reference, capture.request_id) == ("xendit", "top_1", created.request_id)
    assert capture.gateway_payment_id == box.payment("top_1")["payment_ids"][0]
    assert capture.captured_at is not None


@pytest.mark.parametrize("bank", ["BCA", "BNI", "BRI", "MANDIRI", "PERMATA", "BSI"])
def test_a_virtual_account_shows_a_number_and_takes_our_deadline(gateway: XenditGateway, bank: str) -> None:
    asked = intent(f"VA_{bank}")
    created = gateway.create(asked)
    assert created.instruction.kind == "va"
    assert created.instruction.value.isdigit()
    assert created.expires_at == asked.expires_at


def test_a_wallet_shows_an_address_to_open(gateway: XenditGateway) -> None:
    created = gateway.create(intent("DANA", return_url="https://billing.example/pay/top_1/"))
    assert created.instruction.kind == "redirect"
    assert created.instruction.value.startswith("http")
    assert created.instruction.deeplink


@pytest.mark.parametrize("wallet", ["LINKAJA", "GOPAY"])
def test_every_wallet_page_is_asked_for_in_the_same_words(gateway: XenditGateway, wallet: str) -> None:
    assert gateway.create(intent(wallet)).instruction.kind == "redirect"


def test_shopeepay_shows_an_app_and_a_code_for_whoever_sits_at_a_desk(gateway: XenditGateway) -> None:
    shown = gateway.create(intent("SHOPEEPAY")).instruction
    assert (shown.kind, shown.value[:6]) == ("app", "000201")
    assert shown.deeplink.startswith("http")


def test_a_push_goes_to_the_payers_phone_and_shows_nothing(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent("OVO", payer_phone="+6281234567890"))
    assert (created.instruction.kind, created.instruction.value) == ("push", "")
    assert created.expires_at is not None
    assert created.expires_at - datetime.now(UTC) < timedelta(minutes=1)
    box.fail("top_1", code="USER_DID_NOT_AUTHORIZE")
    assert gateway.status(created.request_id).failure_code == "USER_DID_NOT_AUTHORIZE"


def test_either_spelling_of_the_phone_field_is_taken(box: Box) -> None:
    other = XenditGateway(API_KEY, box.xendit_url, (CALLBACK_TOKEN,), phone_fields={"OVO": "mobile_number"})
    assert other.create(intent("OVO", payer_phone="+6281234567890")).instruction.kind == "push"
    third = XenditGateway(API_KEY, box.xendit_url, (CALLBACK_TOKEN,), phone_fields={"OVO": "telepon"})
    with pytest.raises(GatewayRejected):
        third.create(intent("OVO", payer_phone="+6281234567890"))


@pytest.mark.parametrize("phone", [None, "", "081234567890", "+15551234567"])
def test_a_push_to_what_is_no_number_is_rejected(gateway: XenditGateway, phone: str | None) -> None:
    with pytest.raises(GatewayRejected):
        gateway.create(intent("OVO", payer_phone=phone))


@pytest.mark.parametrize("name", ["", "Müller & Søn <b>", "花子", "x" * 200, "a\r\nb"])
def test_any_customer_name_is_made_fit_for_a_bank(gateway: XenditGateway, name: str) -> None:
    assert gateway.create(intent("VA_BCA", customer_name=name)).instruction.kind == "va"


@pytest.mark.parametrize(
    "asked",
    [intent("VA_BCA", 9_999), intent("QRIS", 10_000_001), intent("CARD"), intent("NO_SUCH"),
     intent(total=Amount(500, "USD"))],
    ids=["below", "above", "other gateway", "unknown", "currency"],
)  # fmt: skip
def test_what_the_gateway_refuses_is_rejected(gateway: XenditGateway, asked: object) -> None:
    with pytest.raises(GatewayRejected) as refused:
        gateway.create(asked)  # type: ignore[arg-type]
    assert refused.value.facts["reason"]


def test_another_amount_is_told_as_it_came(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent("VA_BCA"))
    box.pay("top_1", amount=40_000)
    (capture,) = gateway.status(created.request_id).captures
    assert capture.amount == Amount(40_000, "IDR")


def test_two_payments_on_one_request_are_both_found_when_webhooks_name_them(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent())
    paid = box.pay("top_1", payments=2)["payment_ids"]
    captures = gateway.status(created.request_id, tuple(paid)).captures
    assert sorted(capture.gateway_payment_id for capture in captures) == sorted(paid)


def test_a_payment_of_another_request_is_not_this_ones_money(gateway: XenditGateway, box: Box) -> None:
    mine = gateway.create(intent(reference="top_mine"))
    gateway.create(intent(reference="top_other"))
    foreign = box.pay("top_other")["payment_ids"]
    status = gateway.status(mine.request_id, (*foreign, "py-invented", "../balance", "a/b?c"))
    assert (status.state, status.captures) == ("open", ())


def test_a_declined_payment_is_failed_with_the_gateways_code(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent("DANA"))
    box.fail("top_1", code="INSUFFICIENT_BALANCE")
    status = gateway.status(created.request_id)
    assert (status.state, status.failure_code, status.captures) == ("failed", "INSUFFICIENT_BALANCE", ())


def test_money_after_the_end_is_found_on_an_expired_request(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent())
    box.expire("top_1")
    assert gateway.status(created.request_id).state == "expired"
    box.pay("top_1", after_expiry=True)
    status = gateway.status(created.request_id)
    assert status.state == "expired"
    assert [capture.amount.quantity for capture in status.captures] == [50_000]


def test_an_open_request_is_cancelled_once_and_a_paid_one_never(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent(reference="top_1"))
    assert gateway.cancel(created.request_id) is True
    assert gateway.status(created.request_id).state == "canceled"
    assert gateway.cancel(created.request_id) is False
    paid = gateway.create(intent(reference="top_2"))
    box.pay("top_2")
    assert gateway.cancel(paid.request_id) is False
    assert gateway.cancel("pr-unknown") is False


@pytest.mark.parametrize("request_id", ["pr-unknown", "..", "a/b", "", "x" * 101])
def test_a_request_that_is_not_there_is_rejected(gateway: XenditGateway, request_id: str) -> None:
    with pytest.raises(GatewayRejected):
        gateway.status(request_id)


@pytest.mark.parametrize(
    "fault", ["500", "html_502", "empty_503", "timeout", "timeout_after_commit", "connection_reset"]
)
def test_an_accident_while_asking_leaves_the_outcome_unknown(gateway: XenditGateway, box: Box, fault: str) -> None:
    box.fault(fault)
    begun = time.monotonic()
    with pytest.raises(GatewayUnavailable):
        gateway.create(intent())
    assert time.monotonic() - begun < 2


def test_a_create_that_timed_out_after_the_work_is_never_sent_again_by_the_wire(
    gateway: XenditGateway, box: Box
) -> None:
    box.fault("timeout_after_commit")
    with pytest.raises(GatewayUnavailable):
        gateway.create(intent())
    box.pay("top_1")  # it exists there, once
    assert len(box.payment("top_1")["payment_ids"]) == 1


def test_too_many_calls_rejects_a_create_and_postpones_a_read(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent(reference="top_1"))
    box.fault("429")
    with pytest.raises(GatewayRejected):
        gateway.create(intent(reference="top_2"))
    box.fault("429")
    with pytest.raises(GatewayUnavailable, match="RATE_LIMIT_EXCEEDED"):
        gateway.status(created.request_id)


@pytest.mark.parametrize("fault", ["500", "html_502", "empty_503", "connection_reset"])
def test_an_accident_while_reading_back_is_unavailable(gateway: XenditGateway, box: Box, fault: str) -> None:
    created = gateway.create(intent())
    box.fault(fault)
    with pytest.raises(GatewayUnavailable):
        gateway.status(created.request_id)


def test_a_read_that_hangs_once_is_asked_again(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent())
    box.fault("timeout")
    assert gateway.status(created.request_id).state == "open"


def test_a_channel_that_is_down_is_unavailable_and_names_itself(gateway: XenditGateway, box: Box) -> None:
    box.switch(channels_down=["QRIS"])
    with pytest.raises(GatewayUnavailable) as refused:
        gateway.create(intent())
    assert refused.value.facts["reason"] == "CHANNEL_UNAVAILABLE"
    box.switch(channels_down=[])


def test_many_callers_share_one_adapter_without_mixing_their_answers(gateway: XenditGateway, box: Box) -> None:
    references = [f"top_{n}" for n in range(40)]
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda reference: gateway.create(intent(reference=reference)), references))
        read = list(pool.map(lambda created: gateway.status(created.request_id), made))
    assert [status.reference for status in read] == references
    assert [status.request_id for status in read] == [created.request_id for created in made]


def test_ping_knows_a_living_gateway_a_wrong_key_and_a_dead_port(gateway: XenditGateway, box: Box) -> None:
    assert gateway.ping() is True
    assert XenditGateway("xnd_production_real", box.xendit_url, (CALLBACK_TOKEN,)).ping() is False
    assert XenditGateway(API_KEY, "http://127.0.0.1:9/xendit", (CALLBACK_TOKEN,)).ping() is False

"""What the sandbox really sends, in every generation, understood by the adapter: whom to ask about which money."""

from collections.abc import Callable, Iterator

import pytest

from billing_ui.gateways.xendit import XenditGateway
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Wake
from tests.contracts.intents import intent
from tests.live_sandbox import Box, running_sandbox
from tests.sandbox.receiver import Receiver, receiving
from tests.sandbox.test_generations import SESSION
from tests.sandbox.xendit_client import XenditClient


@pytest.fixture(scope="module")
def app() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def running(app: Receiver) -> Iterator[Box]:
    with running_sandbox(app.url) as box:
        yield box


@pytest.fixture
def told(box: Box, app: Receiver, gateway: XenditGateway) -> Callable[[int], dict[str, Wake]]:
    """Event → what the adapter makes of it, once so many arrived."""
    app.clear()

    def heard(count: int) -> dict[str, Wake]:
        found: dict[str, Wake] = {}
        for message in app.wait_for(count):
            gateway.authenticate(message.headers, message.raw)
            parsed = gateway.parse(message.headers, message.raw)
            assert parsed.dedupe == f"id:{message.headers['webhook-id']}"
            for wake in parsed.wakes:
                found[parsed.event] = wake
        return found

    return heard


@pytest.mark.parametrize(
    ("mode", "event"), [("v3", "payment.capture"), ("v2", "payment.succeeded"), ("invoice", "invoice.paid")]
)
def test_a_payment_is_found_whatever_the_generation(
    gateway: XenditGateway, box: Box, told: Callable[[int], dict[str, Wake]], mode: str, event: str
) -> None:
    box.mode(webhooks=mode)
    created = gateway.create(intent("DANA"))
    [payment_id] = box.pay("top_1")["payment_ids"]
    wake = told(1 if mode != "v2" else 2)[event]
    assert wake.gateway_payment_id == payment_id
    assert created.request_id == wake.request_id or wake.reference == "top_1"
    assert gateway.status(created.request_id, (payment_id,)).captures[0].amount.quantity == 50_000


@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_a_refund_and_a_dispute_name_the_payment_they_are_about(
    gateway: XenditGateway, box: Box, told: Callable[[int], dict[str, Wake]], shape: str
) -> None:
    box.mode(refunds=shape)
    gateway.create(intent())
    [payment_id] = box.pay("top_1", drop_webhook=True)["payment_ids"]
    box.refund("top_1", amount=10_000)
    box.dispute("top_1")
    wakes = told(2)
    assert wakes["refund.succeeded"].gateway_payment_id == payment_id
    assert wakes["refund.succeeded"].refund_id == box.payment("top_1")["refunds"][0]["id"]
    assert wakes["dispute.action_required"].gateway_payment_id == payment_id


def test_a_session_names_its_payment_twice(box: Box, told: Callable[[int], dict[str, Wake]]) -> None:
    XenditClient(box.xendit_url).call("POST", "/sessions", SESSION)
    done = box.pay_checkout("top_s", channel="QRIS")
    wakes = told(2)
    assert {wake.gateway_payment_id for wake in wakes.values()} == {done["payment_id"]}
    assert wakes.keys() == {"payment.capture", "payment_session.completed"}


@pytest.mark.parametrize("topic", ["payment", "payment_request", "session", "refund", "invoice", "qr"])
def test_the_dashboards_test_event_is_understood(box: Box, told: Callable[[int], dict[str, Wake]], topic: str) -> None:
    assert box.call("POST", "/_sim/webhooks/test", {"topic": topic}).body["saved"] is True
    assert told(1)


def test_a_fault_waits_for_the_call_it_was_ordered_for(gateway: XenditGateway, box: Box) -> None:
    box.fault("500", "cancel")
    created = gateway.create(intent())
    assert gateway.status(created.request_id).state == "open"
    with pytest.raises(GatewayUnavailable):
        gateway.cancel(created.request_id)
    assert gateway.cancel(created.request_id) is True

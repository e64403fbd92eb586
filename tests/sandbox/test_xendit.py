"""The real Xendit SDK runs against the look-alike unmodified."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import xendit as sdk
from xendit.apis import BalanceApi

from billing_ui.sandbox.channels import CHANNELS, Kind
from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient

ACTIONS = {"PRESENT_TO_CUSTOMER", "REDIRECT_CUSTOMER"}


def refusal(act: Any) -> tuple[int, str]:
    with pytest.raises(sdk.XenditSdkException) as caught:
        act()
    return int(caught.value.status), str(caught.value.errorCode)


def test_a_new_qris_request_waits_for_its_payment(xendit: XenditClient) -> None:
    made = xendit.create("top_a", metadata={"order": "20260101"}, description="500.000 token")
    assert re.fullmatch(r"pr-[0-9a-f-]{36}", made["payment_request_id"])
    assert made["status"] == "REQUIRES_ACTION"
    assert made["request_amount"] == 50_000
    assert made["metadata"] == {"order": "20260101"}
    assert made["actions"][0]["descriptor"] == "QR_STRING"
    assert "latest_payment_id" not in made
    assert xendit.request(made["payment_request_id"]) == made


def test_a_paid_request_leads_to_its_payment_and_capture(xendit: XenditClient, box: Box) -> None:
    made = xendit.create("top_a")
    paid = box.pay("top_a")
    read = xendit.request(made["payment_request_id"])
    assert read["status"] == "SUCCEEDED"
    assert [read["latest_payment_id"]] == paid["payment_ids"]
    payment = xendit.payment(read["latest_payment_id"])
    assert payment["status"] == "SUCCEEDED"
    assert payment["reference_id"] == "top_a"
    assert payment["currency"] == "IDR"
    assert [capture["capture_amount"] for capture in payment["captures"]] == [50_000]


@pytest.mark.parametrize("code", sorted(CHANNELS))
def test_every_channel_keeps_its_limits(xendit: XenditClient, code: str) -> None:
    channel = CHANNELS[code]
    for amount in (channel.minimum, channel.maximum):
        made = xendit.create(f"top_{amount}", code, amount)
        assert made["request_amount"] == amount
        assert [action["descriptor"] for action in made["actions"]] == list(channel.shows)
        assert {action["type"] for action in made["actions"]} <= ACTIONS
    for amount in (channel.minimum - 1, channel.maximum + 1):
        assert refusal(lambda amount=amount: xendit.create("top_x", code, amount)) == (400, "INVALID_VALUE_ERROR")


def test_a_virtual_account_shows_a_number_of_its_bank(xendit: XenditClient) -> None:
    first, second = (
        xendit.create(reference, "BCA_VIRTUAL_ACCOUNT")["actions"][0]["value"] for reference in ("top_a", "top_b")
    )
    assert re.fullmatch(r"13282\d{11}", first)
    assert first != second


def test_a_virtual_account_ends_when_the_app_says(xendit: XenditClient) -> None:
    ends = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = xendit.create("top_a", "BNI_VIRTUAL_ACCOUNT", channel_properties={"expires_at": ends})
    assert made["channel_properties"]["expires_at"] == ends


def test_a_qris_code_lives_two_days_whatever_the_app_says(xendit: XenditClient) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = xendit.create("top_a", channel_properties={"expires_at": soon})
    ends = datetime.fromisoformat(made["channel_properties"]["expires_at"])
    assert timedelta(hours=47) < ends - datetime.now(UTC) <= timedelta(hours=48)


def test_a_wallet_sends_the_payer_to_a_page_that_exists(xendit: XenditClient, box: Box) -> None:
    made = xendit.create("top_a", "DANA", channel_properties={"success_return_url": "https://shop.test/pay/a"})
    link = next(action["value"] for action in made["actions"] if action["descriptor"] == "WEB_URL")
    assert link == f"{box.url}/phone/{made['payment_request_id']}"


@pytest.mark.parametrize(
    "change",
    [
        {"reference_id": ""},
        {"reference_id": "x" * 256},
        {"reference_id": None},
        {"channel_code": "BRI"},
        {"channel_code": None},
        {"channel_properties": None},
        {"channel_properties": []},
        {"currency": "USD"},
        {"country": "SG"},
        {"type": "SINGLE_PAYMENT"},
        {"request_amount": None},
        {"request_amount": 10_000.5},
        {"request_amount": "50000"},
        {"request_amount": True},
        {"description": ""},
        {"metadata": "x"},
        {"capture_method": "MANUAL"},
        {"channel_properties": {"success_return_url": "short"}},
    ],
    ids=str,
)
def test_a_request_that_xendit_would_refuse_is_refused(xendit: XenditClient, change: dict[str, Any]) -> None:
    assert refusal(lambda: xendit.create(**change)) == (400, "API_VALIDATION_ERROR")


def test_a_push_wallet_needs_a_phone_number(xendit: XenditClient) -> None:
    assert refusal(lambda: xendit.create("top_a", "OVO", channel_properties={})) == (400, "API_VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("key", "version", "expected"),
    [
        ("xnd_production_x", "2024-11-11", (401, "INVALID_API_KEY")),
        ("", "2024-11-11", (401, "INVALID_API_KEY")),
        ("xnd_development_x", None, (400, "API_VALIDATION_ERROR")),
        ("xnd_development_x", "2022-07-31", (400, "API_VALIDATION_ERROR")),
    ],
)
def test_a_wrong_key_or_version_is_refused(box: Box, key: str, version: str, expected: tuple[int, str]) -> None:
    assert refusal(lambda: XenditClient(box.xendit_url, key, version).create()) == expected


def test_a_call_without_a_key_is_refused(box: Box) -> None:
    answer = box.call("GET", "/xendit/v3/payments/py-1", headers={"api-version": "2024-11-11"})
    assert (answer.status, answer.body["error_code"]) == (401, "UNAUTHORIZED")


def test_unknown_ids_are_not_found(xendit: XenditClient) -> None:
    assert refusal(lambda: xendit.request("pr-unknown")) == (404, "DATA_NOT_FOUND")
    assert refusal(lambda: xendit.payment("py-unknown")) == (404, "DATA_NOT_FOUND")


def test_a_cancelled_request_cannot_be_cancelled_again(xendit: XenditClient) -> None:
    cancel = f"/v3/payment_requests/{xendit.create()['payment_request_id']}/cancel"
    assert xendit.call("POST", cancel)["status"] == "CANCELED"
    assert refusal(lambda: xendit.call("POST", cancel)) == (400, "INACTIVE_PAYMENT_REQUEST")


def test_a_paid_request_cannot_be_cancelled(xendit: XenditClient, box: Box) -> None:
    made = xendit.create("top_a")
    box.pay("top_a")
    cancel = f"/v3/payment_requests/{made['payment_request_id']}/cancel"
    assert refusal(lambda: xendit.call("POST", cancel)) == (400, "INELIGIBLE_TRANSACTION_STATUS")


def test_only_an_open_virtual_account_can_be_changed(xendit: XenditClient) -> None:
    bank = xendit.create("top_a", "BRI_VIRTUAL_ACCOUNT")["payment_request_id"]
    code = xendit.create("top_b")["payment_request_id"]
    changed = xendit.call("PATCH", f"/v3/payment_requests/{bank}", {"request_amount": 75_000})
    assert changed["request_amount"] == 75_000
    assert xendit.request(bank)["request_amount"] == 75_000
    change = {"request_amount": 75_000}
    assert refusal(lambda: xendit.call("PATCH", f"/v3/payment_requests/{code}", change))[0] == 400


def test_xendits_own_simulation_answers_pending_and_tells_the_app(xendit: XenditClient, app: Receiver) -> None:
    made = xendit.create("top_a")
    answer = xendit.call("POST", f"/v3/payment_requests/{made['payment_request_id']}/simulate", {"amount": 50_000})
    assert answer["status"] == "PENDING"
    assert app.wait_for(1)[0].body["event"] == "payment.capture"


def test_a_reusable_code_stays_open_and_takes_what_is_paid(xendit: XenditClient, box: Box) -> None:
    made = xendit.create("top_a", "BNI_VIRTUAL_ACCOUNT", None, type="REUSABLE_PAYMENT_CODE")
    assert made["status"] == "ACCEPTING_PAYMENTS"
    assert box.call("POST", "/_sim/payments/top_a/pay").status == 409
    box.pay("top_a", amount=12_345)
    box.pay("top_a", amount=1)
    assert box.payment("top_a")["status"] == "ACCEPTING_PAYMENTS"
    assert len(box.payment("top_a")["payment_ids"]) == 2


def test_the_typed_balance_call_serves_as_health_check(xendit: XenditClient) -> None:
    assert BalanceApi(xendit.client).get_balance(account_type="CASH").balance > 0


def test_rate_limit_headers_count_down(xendit: XenditClient, box: Box) -> None:
    xendit.create("top_a")
    first = int(xendit.headers["rate-limit-remaining"])
    xendit.create("top_b")
    assert int(xendit.headers["rate-limit-remaining"]) in {first - 1, box.settings.calls_per_minute - 1}
    assert int(xendit.headers["rate-limit-limit"]) == box.settings.calls_per_minute
    assert 1 <= int(xendit.headers["rate-limit-reset"]) <= 60


def test_channels_of_the_house_are_all_there() -> None:
    banks = {code for code, channel in CHANNELS.items() if channel.kind is Kind.BANK}
    assert banks == {f"{bank}_VIRTUAL_ACCOUNT" for bank in ("BCA", "BNI", "BRI", "MANDIRI", "BSI", "BSS", "PERMATA")}
    assert {"QRIS", "OVO", "DANA", "LINKAJA", "SHOPEEPAY", "GOPAY", "ASTRAPAY", "CARDS"} == CHANNELS.keys() - banks


def test_asking_twice_makes_two_payable_requests_even_with_one_reference(xendit: XenditClient, box: Box) -> None:
    first, second = (xendit.create("top_a")["payment_request_id"] for _ in range(2))
    assert first != second
    assert len(box.pay(first)["payment_ids"]) == 1
    assert box.payment(second)["status"] == "REQUIRES_ACTION"

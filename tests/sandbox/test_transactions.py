"""The list of all money that moved, as the real SDK reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import xendit as sdk
from xendit.apis import TransactionApi

from tests.live_sandbox import Box
from tests.sandbox.xendit_client import XenditClient


def paid(xendit: XenditClient, box: Box, reference: str, channel: str = "QRIS", amount: int = 50_000) -> str:
    xendit.create(reference, channel, amount)
    return str(box.pay(reference, drop_webhook=True)["payment_ids"][0])


def listed(xendit: XenditClient, **asked: str) -> Any:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in asked.items())
    return xendit.call("GET", f"/transactions?{query}")


def test_money_that_came_in_is_listed_newest_first(xendit: XenditClient, box: Box) -> None:
    first, second = paid(xendit, box, "top_a"), paid(xendit, box, "top_b", "BCA_VIRTUAL_ACCOUNT", 75_000)
    xendit.create("top_c")
    answer = listed(xendit, types="PAYMENT", statuses="SUCCESS")
    assert [one["product_id"] for one in answer["data"]] == [second, first]
    assert answer["has_more"] is False
    newest = answer["data"][0]
    assert (newest["type"], newest["status"], newest["cashflow"]) == ("PAYMENT", "SUCCESS", "MONEY_IN")
    assert (newest["channel_category"], newest["channel_code"]) == ("VIRTUAL_ACCOUNT", "BCA")
    assert (newest["reference_id"], newest["currency"], newest["amount"]) == ("top_b", "IDR", 75_000)


def test_the_typed_sdk_reads_the_list(xendit: XenditClient, box: Box) -> None:
    made = [paid(xendit, box, f"top_{number}") for number in range(3)]
    page = TransactionApi(xendit.client).get_all_transactions(types=["PAYMENT"], statuses=["SUCCESS"], limit=2.0)
    assert [one.product_id for one in page.data] == made[:0:-1]
    assert page.has_more
    assert (page.data[0].amount, page.data[0].fee.xendit_fee) == (50_000.0, 0.0)
    assert (page.links[0].rel, page.links[0].method) == ("next", "GET")


def test_the_pages_of_the_list_hold_everything_once(xendit: XenditClient, box: Box) -> None:
    made = [paid(xendit, box, f"top_{number}") for number in range(5)]
    page = listed(xendit, limit="2")
    seen = [one["product_id"] for one in page["data"]]
    while page["has_more"]:
        page = listed(xendit, limit="2", after_id=page["data"][-1]["id"])
        seen += [one["product_id"] for one in page["data"]]
    assert seen == made[::-1]
    back = listed(xendit, limit="2", before_id=page["data"][0]["id"])
    assert [one["product_id"] for one in back["data"]] == made[1:3][::-1]


def test_the_list_is_narrowed_by_reference_and_time(xendit: XenditClient, box: Box) -> None:
    begun = datetime.now(UTC)
    paid(xendit, box, "top_a")
    paid(xendit, box, "top_b")
    assert [one["reference_id"] for one in listed(xendit, reference_id="top_a")["data"]] == ["top_a"]
    assert len(listed(xendit, **{"created[gte]": (begun - timedelta(seconds=1)).isoformat()})["data"]) == 2
    assert listed(xendit, **{"created[lte]": (begun - timedelta(seconds=1)).isoformat()})["data"] == []
    assert listed(xendit, types="REFUND")["data"] == []
    assert listed(xendit, statuses="PENDING")["data"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "51"},
        {"limit": "0"},
        {"types": "GIFT"},
        {"created[gte]": "yesterday"},
        {"after_id": "txn_unknown"},
    ],
)
def test_a_list_nobody_offers_is_refused(xendit: XenditClient, asked: dict[str, str]) -> None:
    with pytest.raises(sdk.XenditSdkException) as caught:
        listed(xendit, **asked)
    assert (str(caught.value.status), caught.value.errorCode) == ("400", "API_VALIDATION_ERROR")

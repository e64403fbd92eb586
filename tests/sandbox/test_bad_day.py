"""The bad day: the same seed plays the same day, its rates hold, and its ledger tells what was really paid."""

import contextlib
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live_sandbox import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient

CALM: dict[str, float] = dict.fromkeys(
    ("timeout_after_commit", "timeout", "500", "html_502", "empty_503", "connection_reset", "429"), 0
)
HONEST = {"wrong_amount": 0, "late": 0, "twice": 0, "second_try": 0, "declined": 0, "unpaid": 0}
SURE = {"lost": 0, "doubled": 0, "reordered": 0}
SOON = [0, 0.05]


def create(xendit: XenditClient, number: int) -> str | None:
    """One call as a careless app would make it: what goes wrong is its own fault."""
    with contextlib.suppress(Exception):
        return str(xendit.create(f"top_{number}")["payment_request_id"])
    return None


def settled(box: Box, within_s: float = 15.0) -> dict[str, Any]:
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        day: dict[str, Any] = box.day()
        if not day["waiting"]:
            return day
        time.sleep(0.05)
    raise AssertionError(f"payers still wait: {box.day()}")


def test_a_calm_day_pays_every_request_once_and_tells_it(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.bad_day(seed=1, rates={**HONEST, **SURE}, faults=CALM, pay_after_s=SOON, webhooks="v3")
    ids = [xendit.create(f"top_{number}")["payment_request_id"] for number in range(20)]
    day = settled(box)
    assert sorted(entry["request_id"] for entry in day["truth"]) == sorted(ids)
    assert {(entry["kind"], entry["amount"]) for entry in day["truth"]} == {("right", 50_000)}
    assert day["paid"] == 20 * 50_000
    assert box.end_day()["on"] is False
    assert len(app.wait_for(20)) == 20


def test_the_ledger_of_truth_is_what_the_gateway_says_when_asked(xendit: XenditClient, box: Box) -> None:
    box.bad_day(seed=3, faults=CALM, pay_after_s=SOON, rates={"wrong_amount": 0.3, "twice": 0.3, "late": 0.3})
    for number in range(30):
        xendit.create(f"top_{number}")
    day = settled(box)
    assert Counter(entry["kind"] for entry in day["truth"]).keys() >= {"wrong_amount", "right", "second", "late"}
    for entry in day["truth"]:
        payment = xendit.payment(entry["payment_id"])
        assert (payment["payment_request_id"], payment["reference_id"]) == (entry["request_id"], entry["reference"])
        assert payment["captures"][0]["capture_amount"] == entry["amount"]
        assert (entry["amount"] != 50_000) is (entry["kind"] == "wrong_amount")
    late = {entry["request_id"] for entry in day["truth"] if entry["kind"] == "late"}
    assert {xendit.request(request_id)["status"] for request_id in late} == {"EXPIRED"}


def test_the_same_seed_plays_the_same_day(xendit: XenditClient, box: Box) -> None:
    days = []
    for seed in (7, 7, 8):
        box.reset()
        box.bad_day(seed=seed, pay_after_s=SOON, hang_ms=0)
        for number in range(60):
            create(xendit, number)
        day = settled(box)
        shape = Counter((entry["reference"], entry["kind"], entry["amount"]) for entry in day["truth"])
        days.append((shape, day["payers"], day["faults"]))
    assert days[0] == days[1]
    assert days[0] != days[2]


def test_webhooks_are_lost_doubled_and_reordered_at_their_rates(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.bad_day(seed=5, rates=HONEST, faults=CALM, pay_after_s=SOON, webhooks="v3")
    for number in range(300):
        xendit.create(f"rate_{number}")
    settled(box)
    day = box.end_day()
    told = day["webhooks"]
    assert told["told"] + told["lost"] == 300
    for kind, expected in (("lost", 90), ("doubled", 90), ("reordered", 30)):
        assert expected * 0.6 < told[kind] < expected * 1.4, told
    arrived = [message for message in app.wait_for(told["told"] + told["doubled"]) if "rate_" in str(message.body)]
    heard = Counter(message.headers["webhook-id"] for message in arrived)
    assert len(heard) == told["told"]
    assert Counter(heard.values())[2] == told["doubled"]


def test_the_end_of_the_day_sends_what_was_delayed_or_not_accepted(
    xendit: XenditClient, box: Box, app: Receiver
) -> None:
    rates = {**HONEST, **SURE, "reordered": 1}
    box.bad_day(rates=rates, faults=CALM, pay_after_s=[0, 0], webhooks="v3")
    app.status = 503
    xendit.create("top_a")
    settled(box)
    app.wait_for(1)
    app.clear()
    xendit.create("top_b")
    settled(box)
    box.end_day()
    assert {told.body["data"]["reference_id"] for told in app.told} == {"top_a", "top_b"}
    assert box.day()["unheard"] == 0


def test_faults_of_the_day_leave_requests_that_nobody_heard_of(xendit: XenditClient, box: Box) -> None:
    faults = {**CALM, "connection_reset": 0.5, "500": 0.3}
    box.bad_day(seed=2, rates={**HONEST, **SURE, "ghosts": 1}, faults=faults, pay_after_s=SOON)
    heard = {create(xendit, number) for number in range(40)} - {None}
    day = settled(box)
    ghosts = {entry["request_id"] for entry in day["truth"] if entry["kind"] == "ghost"}
    assert ghosts
    assert not ghosts & heard
    assert len(ghosts) + len(heard) == day["requests"] == len(day["truth"])
    assert day["faults"]["connection_reset"] == len(ghosts)
    assert xendit.call("GET", "/balance")["balance"] > 0


def test_a_day_may_be_without_payers_or_with_a_few(xendit: XenditClient, box: Box) -> None:
    box.bad_day(payers=False, faults=CALM)
    xendit.create("top_a")
    assert (box.day()["waiting"], box.day()["requests"]) == (0, 1)
    box.end_day()
    box.bad_day(payments=1, faults=CALM, rates={**HONEST, **SURE}, pay_after_s=SOON)
    xendit.create("top_b")
    xendit.create("top_c")
    assert [entry["reference"] for entry in settled(box)["truth"]] == ["top_b"]


def test_whoever_comes_too_late_is_turned_away(xendit: XenditClient, box: Box) -> None:
    box.bad_day(faults=CALM, rates={**HONEST, **SURE}, pay_after_s=[0.3, 0.3])
    made = xendit.create("top_a")["payment_request_id"]
    xendit.call("POST", f"/v3/payment_requests/{made}/cancel")
    day = settled(box)
    assert (day["payers"]["turned_away"], day["truth"]) == (1, [])


@pytest.mark.parametrize("body", [{"rates": {"lost": 0.8}}, {"rates": {"lost": 2}}, {"rates": {"luck": 1}},
                                  {"faults": {"500": 0.9, "timeout": 0.2}}, {"pay_after_s": [2, 1]}, {"seed": -1},
                                  {"gateways": ["stripe"]}, {"webhooks": "v9"}, {"payers": 1}, {"x": 1}],
                         ids=str)  # fmt: skip
def test_a_day_that_makes_no_sense_does_not_begin(box: Box, body: dict[str, Any]) -> None:
    assert box.call("POST", "/_sim/scenarios/bad-day", body).status == 400
    assert box.call("GET", "/_sim/scenarios/bad-day").status == 404


def test_only_one_day_is_on_and_everything_is_as_before_afterwards(xendit: XenditClient, box: Box) -> None:
    box.bad_day(faults={**CALM, "500": 1}, webhooks="v2")
    assert box.call("POST", "/_sim/scenarios/bad-day", {}).status == 409
    assert create(xendit, 1) is None
    assert box.end_day()["on"] is box.end_day()["on"] is False
    assert create(xendit, 2) is not None
    assert box.call("GET", "/_sim/modes").body["webhooks"] == "v3"


@pytest.mark.alone
def test_a_bad_day_keeps_up_with_sixty_requests_a_second(xendit: XenditClient, box: Box, app: Receiver) -> None:
    """Create, read, pay and tell, all in this one process with the caller and the app: more than it must hold."""
    box.bad_day(seed=1, pay_after_s=SOON, hang_ms=0)
    clients = [XenditClient(box.xendit_url) for _ in range(4)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: create(clients[number % 4], number), range(400)))
    settled(box)
    assert 400 / (time.perf_counter() - begun) >= 60
    assert app.told

"""A fault of ours in one event of a batch costs the others nothing: neither what they wrote nor their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from billing_ui import runtime
from billing_ui.catalogues.measures import Operation
from billing_ui.ledger.tables import entry
from tests.api.test_metering_api import CHAT, Meter, meter, world
from tests.api.test_payments_api import refusal
from tests.world import World

__all__ = ["meter", "world"]


def poison(meter: Meter, world: World, event_id: str) -> None:
    """A line under the key of an event that no head knows of: whoever writes that event breaks on it."""
    line = {
        "account_id": meter.customer.account_id, "seq": 999, "key": f"usage:{event_id}", "line": 1, "unit": "TOKEN",
        "debit": "wallet", "credit": "consumed", "quantity": 0, "balance_after": 0, "lot_id": None,
        "occurred_at": world.clock.now(), "recorded_at": world.clock.now(), "actor": "test", "cause": "",
        "request_hash": "00",
    }  # fmt: skip
    with world.env.db.begin() as tx:
        tx.execute(insert(entry).values(line))


def test_an_event_that_the_books_break_on_is_told_so_and_the_others_keep_their_answers(
    meter: Meter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    poison(meter, world, "evt-3")
    batch = {"events": [{**CHAT, "event_id": f"evt-{n}"} for n in range(8)]}
    told = meter.post("track-usage/batch", batch, **{"Accept-Language": "en"})
    assert told.status_code == 200
    assert [each["status"] for each in told.json()["results"]] == [201, 201, 201, 500, 201, 201, 201, 201]
    problem = told.json()["results"][3]["body"]
    assert (problem["code"], problem["facts"]) == ("event_failed", {"event_id": "evt-3"})
    assert "Nothing was charged" in problem["title"] and "same event id" in problem["title"]
    assert any("'evt-3'" in each.message and each.exc_info for each in caplog.records), "the log says why"
    assert refusal(meter.track("evt-3")) == (500, "event_failed"), "alone it is told the same"
    assert meter.counts() == (8, 7), "seven events, and the line of before"
    again = meter.post("track-usage/batch", batch).json()
    assert [each["status"] for each in again["results"]] == [200, 200, 200, 500, 200, 200, 200, 200]


def test_an_event_that_cannot_be_priced_by_a_fault_of_ours_loses_nobody_elses_answer(
    meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    draws: Mapping[str, Any] = {"tokens": None}
    known = meter.env.catalogue.operations
    spoilt = {**known, "odd": Operation("odd", known["chat"].name, draws)}
    with runtime.use(replace(meter.env, catalogue=replace(meter.env.catalogue, operations=spoilt))):
        events = [{**CHAT, "event_id": "evt-0"}, {**CHAT, "event_id": "evt-1", "operation": "odd"}]
        told = meter.post("track-usage/batch", {"events": events}).json()
    assert [each["status"] for each in told["results"]] == [201, 500]
    assert told["results"][1]["body"]["code"] == "event_failed"
    assert any("'evt-1'" in each.message and each.exc_info for each in caplog.records)
    assert meter.counts() == (1, 1)

"""A reservation asked for again is answered as it stands now, whatever has become of it."""

from __future__ import annotations

import pytest

from billing_ui.api.usage_schemas import ReserveAnswer
from tests.api.test_metering_api import CHAT, Meter, give, meter, world
from tests.world import World

__all__ = ["meter", "world"]
CALL = {**CHAT, "event_id": "call-1"}


@pytest.mark.parametrize("state", ["open", "settled", "released", "expired"])
def test_a_reservation_asked_for_again_says_what_has_become_of_it(meter: Meter, world: World, state: str) -> None:
    give(world, meter.customer, 50_000)
    assert meter.post("reserve", {**CALL, "seconds": 60}).status_code == 201
    if state == "settled":
        assert meter.post("settle", CALL).status_code == 201
    elif state == "released":
        assert meter.post("release", {"external_id": "user-1", "event_id": "call-1"}).status_code == 200
    elif state == "expired":
        world.later(minutes=2)
    again = meter.post("reserve", {**CALL, "seconds": 60})
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    told = ReserveAnswer.model_validate_json(again.content)
    assert (told.state, told.replayed, told.held) == (state, True, 0)
    world.books_are_right()

"""E-wallets through the host app's door: what each shows, and the phone that one of them needs."""

from __future__ import annotations

import pytest

from tests.api.test_payments_api import Host, host, rows
from tests.world import World

__all__ = ["host"]

SHOWN = {"qr_string", "va_number", "redirect_url", "deeplink"}


@pytest.mark.parametrize(
    ("method", "shows"),
    [("DANA", {"redirect_url", "deeplink"}), ("LINKAJA", {"redirect_url"}), ("GOPAY", {"redirect_url", "deeplink"}),
     ("SHOPEEPAY", {"qr_string", "deeplink"}), ("OVO", set())],
)  # fmt: skip
def test_each_wallet_shows_what_its_payer_needs(host: Host, method: str, shows: set[str]) -> None:
    answer = host.post(method=method, phone="0812 3456 7890")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told.keys() & SHOWN) == ("pending", shows)
    asked = host.get(told["payment_id"]).json()
    assert asked.keys() & SHOWN == shows
    assert "phone" not in asked


@pytest.mark.parametrize(("phone", "why"), [(None, "required"), (" ", "required"), ("021", "not_a_mobile_number")])
def test_ovo_without_a_number_is_refused_with_the_field_and_the_reason(
    host: Host, world: World, phone: str | None, why: str
) -> None:
    before = rows(world)
    answer = host.post(method="OVO", phone=phone)
    assert (answer.status_code, answer.json()["code"]) == (422, "field_invalid")
    assert answer.json()["facts"] == {"field": "phone", "why": why}
    assert rows(world) == before


def test_the_same_key_with_the_number_written_otherwise_is_the_same_purchase(host: Host) -> None:
    first = host.post(method="OVO", phone="081234567890")
    again = host.post(method="OVO", phone="+62 812-3456-7890")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["payment_id"] == first.json()["payment_id"]
    assert host.post(method="OVO", phone="085711112222").json()["code"] == "key_reused"

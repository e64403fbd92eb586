"""Addresses and sockets bring any text: what no database can hold is nothing we have, on either of them."""

from __future__ import annotations

import pytest

from billing_ui.queries.admin_payment import payment_file
from billing_ui.queries.admin_payments import listed
from billing_ui.queries.history import CHOICES, history
from billing_ui.queries.history_detail import history_detail
from billing_ui.queries.payment import payment_view
from billing_ui.rules.lists import read_ask
from billing_ui.rules.payment_lists import wish
from tests.world import World

HOSTILE = ("\x00", "top_\x00", "usage:\x00", "\ud800", "top_\ud800", "o.9999999999999999.999999999999999.\x00", "'; --")


@pytest.mark.parametrize("words", HOSTILE)
def test_text_that_no_database_holds_is_found_nowhere(world: World, words: str) -> None:
    customer = world.customer()
    world.wants(customer)
    with world.env.db.read() as tx:
        assert payment_view(tx, words, None) is None
        assert payment_file(tx, words) is None
        assert history_detail(tx, customer.account_id, words) is None
        told = {"q": words, "page": words, "after": words, "id": words}
        history(tx, customer.account_id, read_ask(told, CHOICES), "Asia/Jakarta")
        listed(tx, wish(told), world.clock.now(), "Asia/Jakarta")


@pytest.mark.parametrize(
    "page", ["o.9999999999999999.999999999999999.x", "n.0.0.", "o.0.0.zz", "n.9999999999999999.1.a"]
)
def test_pages_that_nobody_gave_out_are_pages_all_the_same(world: World, page: str) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    with world.env.db.read() as tx:
        found = history(tx, customer.account_id, read_ask({"page": page}, CHOICES), "Asia/Jakarta")
    assert {row.id for row in found.rows} <= {ref}

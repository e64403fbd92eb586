"""Entries are sealed a day after they were written, and no change of what was sealed stays unseen."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from billing_ui import ledger
from billing_ui.ledger import sealing
from billing_ui.ledger.sealing import Seal
from billing_ui.ledger.tables import seal
from billing_ui.services import grants, seals
from tests.damage import break_in
from tests.metering import use
from tests.services.test_usage_rebuilds import DESK, name_of
from tests.world import Customer, World

DAY = timedelta(days=1)


def all_seals(world: World) -> list[Seal]:
    with world.env.db.read() as tx:
        rows: Any = tx.execute(select(seal).order_by(seal.c.account_id, seal.c.upto_seq))
        return [Seal(*row) for row in rows]


def a_week(world: World) -> Customer:
    """A customer who uses something every day, sealed every night."""
    sari = world.customer()
    grants.grant(world.env, DESK, name_of(world, sari), 50_000, "to live on", "g1")
    for day in range(5):
        use(world, sari, f"e{day}", 1_000 + day, model="small", session="s")
        world.clock.advance(DAY)
        seals.seal_books(world.env, timedelta())
    return sari


def test_what_is_younger_than_a_day_waits(world: World) -> None:
    use(world, world.customer(), "a")
    assert seals.seal_books(world.env) == 0
    world.clock.advance(DAY + timedelta(seconds=1))
    assert seals.seal_books(world.env) == 1
    assert seals.seal_books(world.env) == 0
    world.books_are_right()


def test_every_seal_holds_on_to_the_one_before(world: World) -> None:
    sari = a_week(world)
    made = all_seals(world)
    assert [(row.upto_seq, row.count, row.account_id) for row in made] == [
        (2, 2, sari.account_id), *((number, 1, sari.account_id) for number in range(3, 7))]  # fmt: skip
    assert [row.previous_hash for row in made] == ["", *(row.hash for row in made[:-1])]
    assert made[-1].balance == world.balance(sari) == 50_000
    world.books_are_right()


def test_long_books_are_sealed_in_ranges_and_not_all_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LONGEST", 3)
    monkeypatch.setattr(seals, "_ENTRIES", 7)
    sari, budi = world.customer(), world.customer("budi@pelanggan.test")
    for number in range(10):
        use(world, sari, f"e{number}")
    use(world, budi, "one")
    # A whole range does not wait for its day.
    assert seals.seal_books(world.env) == 7
    assert [(row.upto_seq, row.count) for row in all_seals(world)] == [(3, 3), (6, 3), (7, 1)]
    world.clock.advance(2 * DAY)
    monkeypatch.setattr(seals, "_ENTRIES", 3)
    assert seals.seal_books(world.env) == 3
    assert seals.seal_books(world.env) == 1
    assert [(row.account_id, row.upto_seq) for row in all_seals(world)][3:] == [
        (sari.account_id, 10), (budi.account_id, 1)]  # fmt: skip
    world.books_are_right()


def test_of_several_who_seal_at_once_one_does_it(world: World) -> None:
    sari = world.customer()
    for number in range(30):
        use(world, sari, f"e{number}", 10)
    done: list[int] = []
    sealers = [
        threading.Thread(target=lambda: done.append(ledger.seal_account(world.env.db, sari.account_id, 30)))
        for _ in range(6)
    ]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    assert sorted(done) == [0, 0, 0, 0, 0, 30]
    world.books_are_right()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET actor = 'somebody' WHERE seq = 3",
        "UPDATE entry SET occurred_at = recorded_at - {hour} WHERE seq = 3",
        "UPDATE entry SET metadata = '{\"who\": 1}' WHERE seq = 3",
        "UPDATE entry SET model = 'large' WHERE seq = 3",
        "UPDATE entry SET session = NULL WHERE seq = 3",
        "UPDATE entry SET operation = NULL WHERE seq = 3",
        "DELETE FROM entry WHERE seq = 3",
        "UPDATE seal SET hash = previous_hash WHERE upto_seq = 3",
        "UPDATE seal SET previous_hash = '' WHERE upto_seq = 3",
        "DELETE FROM seal WHERE upto_seq = 3",
    ],
)
def test_a_change_of_the_past_breaks_its_seal(world: World, statement: str) -> None:
    a_week(world)
    break_in(world.env.db, statement.replace("{hour}", "3600000000" if world.env.db.is_sqlite else "interval '1 hour'"))
    found = [finding for finding in ledger.verify(world.env.db, "tokens") if finding.check.startswith("seal")]
    assert {finding.subject for finding in found} <= {"up to entry 3", "up to entry 4"}
    assert "seal_hash" in {finding.check for finding in found}


@pytest.mark.parametrize("figure", ["count", "balance"])
def test_a_seal_that_says_something_else_is_found(world: World, figure: str) -> None:
    a_week(world)
    break_in(world.env.db, f"UPDATE seal SET {figure} = {figure} + 1 WHERE upto_seq = 3")
    assert f"seal_{figure}" in {finding.check for finding in ledger.verify(world.env.db, "tokens")}


def test_books_that_cannot_be_sealed_hold_no_other_up(world: World, caplog: pytest.LogCaptureFixture) -> None:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test")
    use(world, sari, "a")
    use(world, budi, "b")
    world.clock.advance(DAY * 2)
    world.crashes.armed["db.before_commit"] = RuntimeError("the disk is full")
    assert seals.seal_books(world.env) == 1
    assert [row.account_id for row in all_seals(world)] == [budi.account_id]
    assert "could not be sealed" in caplog.text
    assert seals.seal_books(world.env) == 1

"""Calls are reserved, made, settled, let go and forgotten at once, while tokens come, freeze and expire beside them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random

from billing_ui import ledger
from billing_ui.ledger import Held, Posting, Taken, Transfer
from billing_ui.rules.errors import InsufficientBalance
from billing_ui.services import usage
from tests.metering import HOST, books_tie, bring, chat, freeze_newest_lot, head, prepaid
from tests.world import Customer, World

CALLS = 80


def call(world: World, customer: Customer, number: int) -> None:
    """One AI call of a host app: mostly settled, sometimes let go, sometimes forgotten; often told twice."""
    dice = Random(number)
    estimate, cost, fate = dice.randint(1, 60), dice.randint(0, 80), dice.random()
    mine = partial(chat, customer.account_id, f"call-{number}")
    held = asyncio.run(usage.reserve(world.env, HOST, mine(estimate), dice.choice([30, 600])))
    if not isinstance(held.result, Held):
        return
    for _ in range(dice.randint(1, 2)):
        if fate < 0.6:
            assert isinstance(asyncio.run(usage.settle(world.env, HOST, mine(cost))).result, Taken)
        elif fate < 0.8:
            asyncio.run(usage.release(world.env, HOST, customer.account_id, f"call-{number}"))


def deduct(world: World, customer: Customer, number: int) -> None:
    now, transfers = world.clock.now(), (Transfer(ledger.TOKEN, ledger.WALLET, ledger.ISSUED, 40),)
    with suppress(InsufficientBalance), world.env.db.begin() as tx:
        ledger.post(tx, Posting(customer.account_id, f"deduct:{number}", "test", "test", now, transfers), now)


def meanwhile(world: World, customer: Customer) -> list[Callable[[], object]]:
    """What else happens to the account."""
    comes, soon = partial(bring, world, customer.account_id), world.clock.now() + timedelta(seconds=40)
    return [
        *(partial(comes, 50, f"more:{number}") for number in range(12)),
        *(partial(comes, 30, f"brief:{number}", priority=10, expires_at=soon) for number in range(6)),
        *(partial(deduct, world, customer, number) for number in range(6)),
        partial(freeze_newest_lot, world.env, customer.account_id, "freeze:1", world.clock.now()),
        *(partial(world.clock.advance, timedelta(seconds=31)) for _ in range(2)),
    ]


def test_nothing_is_lost_and_nothing_held_for_ever_whatever_happens_at_once(world: World) -> None:
    sari = prepaid(world, 1_000, lots=4)
    acts = [*(partial(call, world, sari, number) for number in range(CALLS)), *meanwhile(world, sari)]
    Random(7).shuffle(acts)
    with ThreadPoolExecutor(24) as threads:
        for done in [threads.submit(act) for act in acts]:
            done.result(120)
    books_tie(world.env.db)
    world.later(seconds=601)
    usage.record_and_wait(world.env, HOST, chat(sari.account_id, "last", 0))
    assert head(world.env.db, sari.account_id).held == 0
    books_tie(world.env.db)

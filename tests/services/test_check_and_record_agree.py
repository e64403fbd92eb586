"""What `check` says is what `record` does, whatever the plan, the lots, the windows and the age of the event."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import update

from billing_ui import ledger
from billing_ui.ledger import Ask, Held, LotIn, Outcome, Posting, Taken, Told, Transfer
from billing_ui.ledger.tables import account_head, lot
from billing_ui.models import PlanVersion
from billing_ui.rules.plans import UNLIMITED, Limit
from billing_ui.rules.quotas import KINDS
from billing_ui.rules.usage import Cover, Need, Refusal
from tests.world import World

CASES, ACCOUNTS, PLANS = 10_000, 200, 40
METERS = ("tokens", "minutes", "calls")
ZONES = ("Asia/Jakarta", "Asia/Jayapura", "America/Havana", "Europe/Berlin", "Asia/Kathmandu")


def test_check_and_record_agree_in_ten_thousand_random_cases(world: World) -> None:
    dice = Random(20261121)
    plans = [make_plan(world, dice, number) for number in range(PLANS)]
    people = [make_account(world, dice, plans, number) for number in range(ACCOUNTS)]
    seen: Counter[str] = Counter()
    for turn in range(CASES // ACCOUNTS):
        asks = [make_ask(world.clock.now(), dice, account_id, turn) for account_id in people]
        checked = ask_all(world, [replace(each, kind="check", event_id="") for each in asks])
        done = ask_all(world, asks)
        for wanted, said, did in zip(asks, checked, done, strict=True):
            assert told_by(did, wanted) == told_by(said, wanted), (wanted, said, did)
            seen[did.result.reason if isinstance(did.result, Refusal) else wanted.kind] += 1
        world.later(minutes=dice.randrange(3 * 24 * 60) if turn % 5 == 0 else dice.randrange(90))
    assert min(seen[each] for each in ("record", "reserve", "quota_exceeded", "insufficient_balance")) > 200, seen
    assert min(seen[each] for each in ("feature_not_in_plan", "soft_locked", "limited")) > 100, seen
    world.books_are_right()


def ask_all(world: World, asks: Sequence[Ask]) -> list[Outcome]:
    answers = asyncio.run(world.env.writer.ask_all(asks))
    assert all(isinstance(each, Outcome) for each in answers), answers
    return answers  # type: ignore[return-value]


def told_by(outcome: Outcome, wanted: Ask) -> object:
    """What pays, or why not. An estimate that is set aside has no overage yet."""
    result = outcome.result
    if isinstance(result, Taken):
        result = result.cover
    if isinstance(result, Held):
        return result.allowance, result.from_lots
    if isinstance(result, Cover) and wanted.kind == "reserve":
        return result.allowance, result.from_lots
    return result


def make_plan(world: World, dice: Random, number: int) -> int:
    kinds = [(meter, kind) for meter in METERS for kind in KINDS]
    limits = [
        Limit(meter, kind, UNLIMITED if dice.random() < 0.2 else dice.choice((0, 50, 400, 3_000, 20_000)))
        for meter, kind in dice.sample(kinds, dice.randrange(5))
    ]
    with world.env.db.begin() as tx:
        plan = PlanVersion(
            public_id=f"pln_agree{number}", slug=f"agree-{number}", version=1, kind="subscription", price_amount=0,
            currency="IDR", terms={"limits": [limit.stored() for limit in limits]}, content_hash="-",
            valid_from=world.clock.now(), included_tokens=dice.choice((0, 0, 500, 5_000)),
            interval=dice.choice(("month", "year")),
            **({"overage_num": 10, "overage_den": 1_000} if dice.random() < 0.2 else {}),
        )  # fmt: skip
        tx.add(plan)
        tx.flush()
        assert plan.id is not None
        return plan.id


def make_account(world: World, dice: Random, plans: Sequence[int], number: int) -> int:
    """Lots burn in some order, end some day, or are frozen; with debt or an overdraft, and doors half shut."""
    account_id = world.customer(f"agree-{number}@pelanggan.test").account_id
    now = world.clock.now()
    for part in range(dice.randrange(4)):
        ends = now + timedelta(hours=dice.randrange(1, 900)) if dice.random() < 0.4 else None
        come = Transfer("TOKEN", "issued", "wallet", dice.choice((10, 300, 4_000, 40_000)))
        book(world, account_id, f"in:{part}", come, LotIn("bought", dice.randrange(3), ends))
    if dice.random() < 0.1:
        book(world, account_id, "back", Transfer("TOKEN", "wallet", "payout", 6_000), None)
    head = account_head.c
    facts = {
        "plan_version_id": dice.choice(plans), "zone": dice.choice(ZONES), "floor": dice.choice((0, 0, 0, -700)),
        "access": dice.choice(("open",) * 16 + ("limited", "limited", "locked")), "version": head.version + 1,
    }  # fmt: skip
    with world.env.db.begin() as tx:
        tx.connection().execute(update(account_head).where(head.account_id == account_id).values(**facts))
        if dice.random() < 0.1:
            tx.connection().execute(update(lot).where(lot.c.account_id == account_id).values(is_frozen=True))
    return account_id


def book(world: World, account_id: int, key: str, transfer: Transfer, lot_in: LotIn | None) -> None:
    now = world.clock.now()
    with world.env.db.begin() as tx:
        posting = Posting(account_id, key, key, "test", now, (transfer,), lot_in, may_owe=lot_in is None)
        ledger.post(tx, posting, now)


def make_ask(now: datetime, dice: Random, account_id: int, turn: int) -> Ask:
    kind = "reserve" if dice.random() < 0.25 else "record"
    late = timedelta(minutes=dice.randrange(60 * 24 * 40)) if kind == "record" and dice.random() < 0.3 else timedelta(0)
    meters = ("tokens",) if dice.random() < 0.7 else dice.sample(METERS, dice.randrange(1, 3))
    draws = {meter: dice.choice((0, 1, 7, 40, 300, 2_500)) for meter in meters}
    return Ask(
        kind, account_id, f"evt-{turn}", "test", f"{turn:08x}", Need("chat", draws, now - late, dice.random() < 0.3),
        Told("chat", "model"), now + timedelta(minutes=dice.randrange(1, 300)) if kind == "reserve" else None,
    )  # fmt: skip

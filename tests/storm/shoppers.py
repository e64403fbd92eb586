"""Two thousand people who buy through the host app's door, as host apps do: the same key again until there is an
answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError

from billing_ui.env import Env
from billing_ui.models import User
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError
from billing_ui.services import accounts, topups
from tests.storm.household import SECRET

AT_ONCE = 20
MOST_TRIES = 200
AMOUNTS = (25_000, 50_000, 100_000)
METHODS = ("QRIS", "QRIS", "VA_BCA", "VA_BNI", "VA_MANDIRI", "DANA")


@dataclass(frozen=True)
class Buyer:
    name: str
    account_id: int
    actor: Actor


def settle_in(env: Env, count: int) -> list[Buyer]:
    """Accounts that the host app knows by its own names."""
    with env.db.begin() as tx:
        return [_buyer(tx, env, f"user-{number}") for number in range(count)]


def _buyer(tx: Any, env: Env, name: str) -> Buyer:
    user = User(
        public_id=env.ids.public("usr"), email=f"{name}@pelanggan.test", name=name.title(), language="id",
        created_at=env.clock.now(), email_verified_at=env.clock.now(),
    )  # fmt: skip
    tx.add(user)
    tx.flush()
    account = accounts.open_account(tx, env, user, name, "Asia/Jakarta", "id", external_id=name)
    assert account.id is not None
    return Buyer(name, account.id, Actor(f"user:{user.public_id}", user.id, account.id))


async def shop(
    env: Env, url: str, buyers: list[Buyer], orders: int, seed: int, placed: Callable[[int], None]
) -> list[str]:
    """Places all orders; answers their refs. `placed` hears how many are done."""
    gate = asyncio.Semaphore(AT_ONCE)
    done = 0
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=15, limits=limits, trust_env=False) as http:

        async def order(number: int) -> str:
            nonlocal done
            dice = random.Random(f"{seed}/order/{number}")
            buyer = buyers[number % len(buyers)]
            async with gate:
                answer = await _insist(http, buyer, number, seed, dice)
                if answer["status"] in {"unknown", "failed"} and dice.random() < 0.7:
                    await _once_more(env, buyer, answer["payment_id"])
            done += 1
            placed(done)
            return str(answer["payment_id"])

        return list(await asyncio.gather(*(order(number) for number in range(orders))))


async def _insist(http: httpx.AsyncClient, buyer: Buyer, number: int, seed: int, dice: random.Random) -> Any:
    """Whatever happens on the way, the same key: it must stay one purchase."""
    wish = {"external_id": buyer.name, "amount": dice.choice(AMOUNTS), "method": dice.choice(METHODS)}
    for _ in range(MOST_TRIES):
        try:
            answer = await http.post(
                "/api/payments/topup", json=wish, headers={"Idempotency-Key": f"bad-day-{seed}-{number}"}
            )
        except httpx.HTTPError:
            await asyncio.sleep(0.5)
            continue
        if answer.status_code in {200, 201}:
            return answer.json()
        assert answer.status_code == 429 or answer.status_code >= 500, answer.text
        await asyncio.sleep(min(float(answer.headers.get("retry-after", "1")), 2))
    raise AssertionError(f"order {number} found no answer in {MOST_TRIES} tries")


async def _once_more(env: Env, buyer: Buyer, ref: str) -> None:
    """The customer presses "try again" on the page of a payment that failed, or of which nobody knows."""
    for _ in range(20):
        try:
            await asyncio.to_thread(topups.retry, env, buyer.actor, ref)
        except BillingError:
            # Paid meanwhile, or refused again: the page says so, and the day goes on.
            return
        except SQLAlchemyError:
            await asyncio.sleep(0.5)
        else:
            return

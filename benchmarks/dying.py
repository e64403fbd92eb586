"""A process that records events until it is killed: `python -m benchmarks.dying URL FIRST LAST`.

Each line it writes is the number of an event that was acknowledged, and whether it was known already. Events follow
from their numbers, so that another process can tell the same ones again.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count

from sqlalchemy.engine import make_url

from benchmarks.stock import HOST, Shop, opened
from benchmarks.traffic import MODELS, OPERATIONS
from billing_ui.ledger.asks import Taken
from billing_ui.rules.errors import Busy
from billing_ui.services import usage
from billing_ui.services.usage import Usage

CALLERS = 64
PREFIX = "kill-"
_PATIENCE_S = 0.05


def tokens(number: int) -> int:
    return 1 + number % 997


def event(accounts: tuple[int, ...], number: int) -> Usage:
    return Usage(
        accounts[number * 7919 % len(accounts)], f"{PREFIX}{number:09}", operation=OPERATIONS[number % 4],
        model=MODELS[number % 6], input_tokens=tokens(number),
    )  # fmt: skip


async def record(one: Shop, number: int) -> None:
    """Asks until there is an answer, as a host app should; what was done once is not done twice."""
    while True:
        try:
            outcome = await usage.record(one.env, HOST, event(one.accounts, number))
        except Busy:
            await asyncio.sleep(_PATIENCE_S)
            continue
        assert isinstance(outcome.result, Taken)
        os.write(sys.stdout.fileno(), f"{number} {'again' if outcome.result.replayed else 'new'}\n".encode())
        return


async def work(one: Shop, first: int, last: int | None) -> None:
    one.env.writer.settle_in()
    numbers = iter(count(first) if last is None else range(first, last + 1))

    async def caller() -> None:
        for number in numbers:
            await record(one, number)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    await one.env.writer.close()


def main(url: str, first: str, last: str) -> None:
    with opened(make_url(url)) as one:
        asyncio.run(work(one, int(first), int(last) if last else None))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Many spend, hold and settle on one account at once, in threads and processes: exactly what is there is given out."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from billing_ui.infra.db import Database
from billing_ui.ledger import Held, Outcome, Taken
from billing_ui.rules.usage import Refusal
from billing_ui.services import usage
from tests.metering import HOST, books_tie, chat, events, head, prepaid
from tests.world import World, open_world

ROOT = Path(__file__).parents[2]


def take(world: World, account_id: int, event_id: str, tokens: int) -> int:
    """What was charged; nothing when it was refused."""
    result = usage.record_and_wait(world.env, HOST, chat(account_id, event_id, tokens)).result
    return result.cover.from_lots if isinstance(result, Taken) else 0


def test_sixty_four_threads_spend_one_account_to_zero_and_never_below(world: World) -> None:
    sari = prepaid(world, 2_000, lots=5)
    with ThreadPoolExecutor(64) as threads:
        granted = list(threads.map(lambda n: take(world, sari.account_id, f"evt-{n}", 1 + n % 13), range(640)))
    assert (sum(granted), head(world.env.db, sari.account_id).balance) == (2_000, 0)
    books_tie(world.env.db)


def in_processes(world: World, account_id: int, what: str) -> list[str]:
    url = world.env.db.url.render_as_string(hide_password=False)
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.services.test_usage_races", url, str(account_id), what, str(number)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    told = [worker.communicate(timeout=120)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    return told


def test_four_processes_spend_one_account_to_zero_and_never_below(world: World) -> None:
    sari = prepaid(world, 1_500, lots=3)
    granted = in_processes(world, sari.account_id, "spend")
    assert (sum(map(int, granted)), head(world.env.db, sari.account_id).balance) == (1_500, 0)
    books_tie(world.env.db)


def test_one_event_a_hundred_times_at_once_is_charged_once_and_answered_alike(world: World) -> None:
    sari = prepaid(world, 1_000)
    wish = chat(sari.account_id, "evt-1", 7)
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda _: usage.record_and_wait(world.env, HOST, wish).result, range(100)))
    taken = [answer for answer in answers if isinstance(answer, Taken)]
    assert (len(taken), [each.replayed for each in taken].count(False)) == (100, 1)
    assert len({(each.seq, each.charged, each.balance_after, each.occurred_at) for each in taken}) == 1
    assert head(world.env.db, sari.account_id).balance == 993
    books_tie(world.env.db)


def test_one_event_from_four_processes_at_once_is_charged_once_and_answered_alike(world: World) -> None:
    sari = prepaid(world, 1_000)
    told = "".join(in_processes(world, sari.account_id, "same")).split()
    assert len(told) == 100
    assert len(set(told)) == 1
    assert (head(world.env.db, sari.account_id).balance, events(world.env.db, sari.account_id)) == (993, 1)
    books_tie(world.env.db)


def test_of_a_hundred_reservations_only_those_the_balance_covers_are_held(world: World) -> None:
    sari = prepaid(world, 500)

    async def reserve_all() -> list[Outcome]:
        wishes = (chat(sari.account_id, f"call-{n}", 30) for n in range(100))
        return await asyncio.gather(*(usage.reserve(world.env, HOST, wish, 60) for wish in wishes))

    results = [outcome.result for outcome in asyncio.run(reserve_all())]
    assert sum(isinstance(result, Held) for result in results) == 16
    assert {result.reason for result in results if isinstance(result, Refusal)} == {"insufficient_balance"}
    assert head(world.env.db, sari.account_id).held == 480
    world.later(seconds=61)
    assert take(world, sari.account_id, "evt-1", 500) == 500
    assert head(world.env.db, sari.account_id).held == 0
    books_tie(world.env.db)


def main(url: str, account_id: str, what: str, number: str) -> None:
    """One of the processes."""
    with open_world(Database(url)) as world, ThreadPoolExecutor(16) as threads:
        if what == "spend":
            wishes = [(f"evt-{number}-{n}", 1 + n % 9) for n in range(150)]
            granted = threads.map(lambda wish: take(world, int(account_id), *wish), wishes)
            sys.stdout.write(str(sum(granted)))
            return
        wish = chat(int(account_id), "evt-1", 7)
        for answer in threads.map(lambda _: usage.record_and_wait(world.env, HOST, wish).result, range(25)):
            assert isinstance(answer, Taken)
            sys.stdout.write(f"{answer.seq}/{answer.charged}/{answer.balance_after}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A host app's process that tells of its events until it is killed, and says which of them were acknowledged."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from billing_ui.infra.db import Database
from billing_ui.ledger import Taken
from billing_ui.rules.errors import Busy
from billing_ui.services import usage
from tests.metering import HOST, chat
from tests.world import World, open_world


def insist(world: World, account_id: int, number: int) -> Taken:
    """The same event until it is answered: whoever hears Busy asks again under the same id."""
    while True:
        try:
            taken = usage.record_and_wait(world.env, HOST, chat(account_id, f"evt-{number}", 1 + number % 7)).result
        except Busy:
            time.sleep(0.02)
        else:
            assert isinstance(taken, Taken)
            return taken


def main(url: str, account_id: str, events: str) -> None:
    with open_world(Database(url)) as world, ThreadPoolExecutor(24) as threads:
        for taken in threads.map(lambda number: insist(world, int(account_id), number), range(int(events))):
            sys.stdout.write(f"{taken.event_id} {taken.seq} {taken.charged}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

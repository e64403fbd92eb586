"""Asks of the books out of the lines of a file, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from billing_ui.cli.progress import Progress
from billing_ui.cli.usage_files import Line, lines
from billing_ui.cli.usage_place import Place
from billing_ui.env import Env
from billing_ui.ledger import Ask
from billing_ui.queries.host_accounts import accounts_named
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError, FieldInvalid, NotFound
from billing_ui.services.usage_asks import Usage, ask

_LINES = 2048
_MOST_REMEMBERED = 100_000


@dataclass(slots=True)
class Chunk:
    """Lines that are read together: asks with their lines, and lines that cannot be asks."""

    asks: list[tuple[Line, Ask]] = field(default_factory=list)
    bad: list[tuple[Line, BillingError]] = field(default_factory=list)
    last: Line | None = None


class Reader:
    """Makes asks out of lines."""

    def __init__(self, env: Env, actor: Actor, path: Path, account: str | None) -> None:
        self.path = path
        self._env, self._actor, self._account = env, actor, account
        self._ids: dict[tuple[str, str], int] = {}
        self.draws: dict[str, int] = {}

    def chunk(self, source: Iterator[Line]) -> Chunk:
        read, chunk = list(islice(source, _LINES)), Chunk()
        self._meet(read)
        for line in read:
            try:
                chunk.asks.append((line, self._ask(line)))
            except BillingError as error:
                chunk.bad.append((line, error))
        chunk.last = read[-1] if read else None
        return chunk

    def _meet(self, read: Sequence[Line]) -> None:
        """Looks the accounts of these lines up, all at once; who was met before is remembered."""
        if len(self._ids) > _MOST_REMEMBERED:
            self._ids.clear()
        wanted = {name for line in read if line.why is None for name in self._names(line)} - self._ids.keys()
        if not wanted:
            return
        public = [name for kind, name in wanted if kind == "account"]
        external = [name for kind, name in wanted if kind == "external_id"]
        with self._env.db.read() as tx:
            for found in accounts_named(tx, public, external):
                self._ids["account", found.public_id] = found.id
                if found.external_id is not None:
                    self._ids["external_id", found.external_id] = found.id

    def _names(self, line: Line) -> list[tuple[str, str]]:
        told = [(kind, line.told[kind]) for kind in ("account", "external_id") if kind in line.told]
        return told or ([("account", self._account)] if self._account else [])

    def _ask(self, line: Line) -> Ask:
        if line.why is not None:
            raise line.why
        names, told = self._names(line), line.told
        if len(names) != 1:
            raise FieldInvalid(field="account", why="exactly_one_of_account_external_id")
        account_id = self._ids.get(names[0])
        if account_id is None:
            raise NotFound(what="account")
        usage = Usage(
            account_id, self.event_id(line), told.get("operation", ""), told.get("model", ""),
            told.get("input_tokens", 0), told.get("output_tokens", 0), told.get("cached_tokens", 0),
            told.get("quantity", 0), told.get("usage_type", ""), told.get("amount", 1 if "usage_type" in told else 0),
            told.get("occurred_at"), told.get("session_id"), told.get("metadata", {}),
        )  # fmt: skip
        asked = ask(self._env, self._actor, "record", usage)
        for meter, quantity in asked.need.draws.items() if asked.need else ():
            self.draws[meter] = self.draws.get(meter, 0) + quantity
        return asked

    def event_id(self, line: Line) -> str:
        """Told, or made of the file's name and the line's number, so that the same line is always the same event."""
        return str(line.told.get("event_id") or f"{self.path.name}:{line.number}")


def look(reader: Reader, place: Place, progress: Progress) -> None:
    """Reads and prices every line, and asks nothing of the books."""
    with reader.path.open("rb") as file:
        source = lines(file, reader.path, 0, 0)
        while (chunk := reader.chunk(source)).last is not None:
            place.new += len(chunk.asks)
            for _, error in chunk.bad:
                place.reject(error.code)
            progress.tell(chunk.last.ends, place.count)
    progress.end()

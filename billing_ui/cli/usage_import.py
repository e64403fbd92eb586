"""`billing-ui usage import FILE`: what was used, out of a CSV or JSONL file of any length. Doing it again, or going on
after it was interrupted, charges nothing twice."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from billing_ui import runtime
from billing_ui.cli.exits import REFUSED, WRONG_USE
from billing_ui.cli.progress import Progress
from billing_ui.cli.terminal import operator
from billing_ui.cli.usage_files import REJECTED, Line, lines
from billing_ui.cli.usage_place import Bookmark, Place
from billing_ui.cli.usage_reader import Chunk, Reader, look
from billing_ui.cli.usage_report import spoken, told
from billing_ui.cli.whose import NOT_ONE, REFERENCE, one
from billing_ui.env import Env
from billing_ui.ledger import Ask, Outcome
from billing_ui.rules.errors import BillingError, Busy
from billing_ui.rules.usage import Refusal

INTERRUPTED = 130
PATIENCE_S = (1, 2, 4, 8, 16)


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("import", help="record the events of a .csv or .jsonl file, once each")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--account", metavar="REF", help=f"whose events these are, unless lines tell it: {REFERENCE}")
    parser.add_argument("--dry-run", action="store_true", help="read, check and price every line; write nothing")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    env, path = runtime.env(), options.file
    if path.suffix not in {".csv", ".jsonl"} or not path.is_file():
        print(f"billing-ui: {path} is no file that ends in .csv or .jsonl", file=sys.stderr)
        return WRONG_USE
    account = one(env, options.account) if options.account else None
    if options.account and account is None:
        return NOT_ONE
    reader = Reader(env, operator(), path, account.account if account else None)
    bookmark = Bookmark(path, account.account if account else None)
    if options.dry_run:
        place, progress, is_done = Place(), Progress("reading", path.stat().st_size, 0), True
        look(reader, place, progress)
    else:
        place = bookmark.open()
        if place.number:
            print(f"going on behind line {place.number}", file=sys.stderr)
        progress = Progress("importing", path.stat().st_size, place.ends)
        is_done = asyncio.run(_Import(env, reader, bookmark, place, progress).go())
    result = told(path, place, reader, progress.seconds, is_dry_run=options.dry_run, is_done=is_done)
    print(json.dumps(result) if options.json else spoken(result))
    return INTERRUPTED if not is_done else REFUSED if place.rejected else 0


class _Import:
    """Sends one chunk while the next is read, and keeps the place after each."""

    def __init__(self, env: Env, reader: Reader, bookmark: Bookmark, place: Place, progress: Progress) -> None:
        self._env, self._reader, self._bookmark, self._place = env, reader, bookmark, place
        self._progress, self._begun_with = progress, place.count
        self._is_stopped = False

    async def go(self) -> bool:
        """Whether the file was read to its end."""
        self._env.writer.settle_in()
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        is_done = False
        try:
            is_done = await self._read_and_send()
        finally:
            for number, meant in before.items():
                signal.signal(number, meant)
            self._progress.end()
            self._bookmark.close(self._place, is_done=is_done)
            await self._env.writer.close()
        return is_done

    def _stop(self, number: int, _frame: object) -> None:
        """What was sent gets its answer and its place first. Who asks a second time ends it there and then."""
        self._is_stopped = True
        signal.signal(number, signal.SIG_DFL)

    async def _read_and_send(self) -> bool:
        with self._reader.path.open("rb") as file:
            source = lines(file, self._reader.path, self._place.ends, self._place.number)
            chunk = await asyncio.to_thread(self._reader.chunk, source)
            while chunk.last is not None and not self._is_stopped:
                following = asyncio.create_task(asyncio.to_thread(self._reader.chunk, source))
                try:
                    self._keep(chunk, await self._send([asked for _, asked in chunk.asks]))
                finally:
                    chunk = await following
        return chunk.last is None

    async def _send(self, asks: Sequence[Ask]) -> list[Outcome | BillingError]:
        """Asks again, more and more patiently, while the books are out of reach."""
        answers = await self._env.writer.ask_all(asks)
        for pause_s in PATIENCE_S:
            again = [place for place, answer in enumerate(answers) if isinstance(answer, Busy)]
            if not again:
                return answers
            await asyncio.sleep(pause_s)
            for place, answer in zip(again, await self._env.writer.ask_all([asks[n] for n in again]), strict=True):
                answers[place] = answer
        return answers

    def _keep(self, chunk: Chunk, answers: Sequence[Outcome | BillingError]) -> None:
        assert chunk.last is not None
        away = next((answer for answer in answers if isinstance(answer, Busy)), None)
        if away is not None:
            raise away
        place = self._place
        for (line, _), answer in zip(chunk.asks, answers, strict=True):
            if isinstance(answer, BillingError):
                self._reject(line, answer.code, answer.facts)
            elif isinstance(answer.result, Refusal):
                facts = {name: fact for name, fact in asdict(answer.result).items() if fact is not None}
                self._reject(line, facts.pop("reason"), facts)
            else:
                is_known = getattr(answer.result, "replayed", False)
                place.known, place.new = place.known + is_known, place.new + (not is_known)
        for line, error in chunk.bad:
            self._reject(line, error.code, error.facts)
        place.ends, place.number = chunk.last.ends, chunk.last.number
        self._bookmark.save(place)
        self._progress.tell(place.ends, place.count - self._begun_with)

    def _reject(self, line: Line, code: str, facts: dict[str, Any]) -> None:
        told = {
            **line.told,
            "event_id": self._reader.event_id(line),
            REJECTED: {"line": line.number, "code": code, **facts},
        }
        self._bookmark.reject(self._place, told, code)

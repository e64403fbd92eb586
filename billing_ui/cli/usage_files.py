"""Events out of a file, a line at a time: CSV with a header, or one JSON object a line. Nothing is held in memory."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from billing_ui.cli.usage_fields import FIELDS, LONGEST_LINE, from_json, from_text
from billing_ui.kit.strict_json import JsonRefused, read_object
from billing_ui.rules.errors import FieldInvalid

# What an import writes beside a line it could not take; such a file may be imported again as it is.
REJECTED = "rejected"


class Line(NamedTuple):
    """One line with all that was told, or why it cannot be read; the next one begins at `ends`."""

    number: int
    ends: int
    told: Mapping[str, Any]
    why: FieldInvalid | None


def lines(file: BinaryIO, path: Path, start: int, number: int) -> Iterator[Line]:
    """The lines from a place on. `number` is the number of the line before that place."""
    read = _json_lines if path.suffix == ".jsonl" else _csv_lines
    return read(file, start, number)


def _json_lines(file: BinaryIO, start: int, number: int) -> Iterator[Line]:
    file.seek(start)
    ends = start
    while raw := file.readline(LONGEST_LINE):
        skipped = _skipped(file, raw)
        number, ends = number + 1, ends + len(raw) + skipped
        if not raw.strip():
            continue
        if skipped:
            yield Line(number, ends, {}, FieldInvalid(field="line", why="too_long"))
            continue
        try:
            told = read_object(raw.removeprefix(b"\xef\xbb\xbf"), cap=LONGEST_LINE)
        except JsonRefused as error:
            yield Line(number, ends, {}, FieldInvalid(field="line", why=str(error)))
        else:
            told.pop(REJECTED, None)
            yield _read(number, ends, told, from_json)


def _skipped(file: BinaryIO, raw: bytes) -> int:
    """The rest of a line that is longer than any event: how many bytes it had."""
    skipped = 0
    while len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST_LINE)
        skipped += len(raw)
    return skipped


class _Feed:
    """Lines for the CSV reader, which takes one more only while a quoted field goes on: what it took is one record."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while raw := self._file.readline(LONGEST_LINE):
            skipped = _skipped(self._file, raw)
            self.taken += len(raw) + skipped
            self.number += 1
            is_first = self.taken == len(raw)
            # A line that is too long becomes one that means nothing, so that it is refused and the next one is read.
            yield "\udcff\n" if skipped else raw.decode("utf-8-sig" if is_first else "utf-8", "surrogateescape")


def _csv_lines(file: BinaryIO, start: int, number: int) -> Iterator[Line]:
    file.seek(0)
    feed = _Feed(file)
    reader = csv.reader(feed, strict=True)
    header = [name.strip() for name in next(reader, [])]
    unknown = [name for name in header if name not in FIELDS]
    if unknown or len(set(header)) != len(header):
        raise FieldInvalid(field=(unknown or header)[0][:100], why="no_such_column" if unknown else "column_twice")
    if start:
        file.seek(start)
        feed.taken, feed.number = start, number
    while True:
        first = feed.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(first, feed.taken, {}, FieldInvalid(field="line", why=str(error)))
            continue
        told = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
        if len(cells) > len(header):
            yield Line(first, feed.taken, told, FieldInvalid(field="line", why="more_cells_than_columns"))
        elif told:
            yield _read(first, feed.taken, told, from_text)


def _read(number: int, ends: int, told: Mapping[str, Any], meaning: Callable[[Any], dict[str, Any]]) -> Line:
    """What cannot be read stays as it was told, so that a person can mend it."""
    try:
        return Line(number, ends, meaning(told), None)
    except FieldInvalid as error:
        return Line(number, ends, told, error)

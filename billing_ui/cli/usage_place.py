"""How far an import has come, kept beside its file with the lines it could not take, so that it can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

_LOOKED_AT = 64 * 1024


@dataclass(slots=True)
class Place:
    """Everything before byte `ends`, which is the end of line `number`, has had its answer."""

    ends: int = 0
    number: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0
    rejected_bytes: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def reject(self, code: str) -> None:
        self.rejected += 1
        self.reasons[code] = self.reasons.get(code, 0) + 1

    @property
    def count(self) -> int:
        return self.new + self.known + self.rejected


def rejects_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.rejected.jsonl")


class Bookmark:
    """The place of one file, and its rejects. A changed file is begun anew: what is known costs nothing twice."""

    def __init__(self, path: Path, account: str | None) -> None:
        self._path, self._account = path, account
        self._kept = path.with_name(f"{path.name}.progress")
        self.rejects = rejects_of(path)
        self._file: BinaryIO | None = None

    def open(self) -> Place:
        place = self._read()
        if place.rejected or self.rejects.exists():
            self._file = self.rejects.open("ab")
            self._file.truncate(place.rejected_bytes)
        return place

    def reject(self, place: Place, told: Mapping[str, Any], code: str) -> None:
        place.reject(code)
        if self._file is None:
            self._file = self.rejects.open("ab")
        place.rejected_bytes += self._file.write(json.dumps(told, default=str).encode() + b"\n")

    def save(self, place: Place) -> None:
        """After the rejects: whoever goes on from here cuts off what was written behind them."""
        if self._file is not None:
            self._file.flush()
        draft = self._kept.with_suffix(".tmp")
        draft.write_text(json.dumps({"file": self._digest(place.ends), **asdict(place)}), encoding="utf-8")
        draft.replace(self._kept)

    def close(self, place: Place, *, is_done: bool) -> None:
        if self._file is not None:
            self._file.close()
        if is_done:
            self._kept.unlink(missing_ok=True)
        if not place.rejected:
            self.rejects.unlink(missing_ok=True)

    def _read(self) -> Place:
        try:
            kept = json.loads(self._kept.read_text(encoding="utf-8"))
            digest, place = kept.pop("file"), Place(**kept)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Place()
        return place if digest == self._digest(place.ends) else Place()

    def _digest(self, ends: int) -> str:
        """Tells whether this is still the file that was read: its beginning, and what lies before the place."""
        digest = blake2b(f"{self._account}:{ends}".encode(), digest_size=16)
        with self._path.open("rb") as file:
            digest.update(file.read(min(ends, _LOOKED_AT)))
            file.seek(max(ends - _LOOKED_AT, 0))
            digest.update(file.read(min(ends, _LOOKED_AT)))
        return digest.hexdigest()

"""What a look at the books finds wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up: which check, whose books, what in them, and the two figures that differ."""

    check: str
    account_id: int
    subject: str
    found: int | None
    expected: int | None

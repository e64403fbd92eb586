"""Holds the entries against the seals that were put on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from billing_ui.ledger.check_terms import in_scope
from billing_ui.ledger.findings import Finding
from billing_ui.ledger.sealing import ROWS, Seal, seal_of, sealed
from billing_ui.ledger.streams import ByAccount, streamed
from billing_ui.ledger.tables import entry, seal


def seal_findings(connection: Connection, scope: dict[str, int]) -> Iterator[Finding]:
    """Ranges that are not what was sealed. After a broken seal the next is held against what that one says."""
    every = select(seal).where(in_scope(seal)).order_by(seal.c.account_id, seal.c.upto_seq)
    with (
        streamed(connection, every, scope) as seals,
        streamed(connection, ROWS.where(in_scope(entry)), scope) as entries,
    ):
        of_account = ByAccount(entries)
        for _, chain in groupby(seals, key=lambda row: row.account_id):
            yield from _broken([seal_of(row) for row in chain], of_account)


def _broken(chain: Sequence[Seal], entries: ByAccount) -> Iterator[Finding]:
    last = Seal(chain[0].account_id, 0, 0, 0, "", "")
    rows = entries.of(last.account_id)
    row = next(rows, None)
    for kept in chain:
        span: list[Row[Any]] = []
        while row is not None and row.seq <= kept.upto_seq:
            span.append(row)
            row = next(rows, None)
        yield from _apart(kept, sealed(span, last, kept.upto_seq))
        last = kept


def _apart(kept: Seal, told: Seal) -> Iterator[Finding]:
    subject = f"up to entry {kept.upto_seq}"
    for name in ("count", "balance"):
        found, expected = getattr(kept, name), getattr(told, name)
        if found != expected:
            yield Finding(f"seal_{name}", kept.account_id, subject, found, expected)
    if (kept.hash, kept.previous_hash) != (told.hash, told.previous_hash):
        yield Finding("seal_hash", kept.account_id, subject, None, None)

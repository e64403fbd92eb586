"""Ties three lists of the same money: what the gateway says moved, what we stored, what the books hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from billing_ui.rules.facts import GatewayTransaction, TransactionKind
from billing_ui.rules.reconciliation import BUCKETS, SETTLES_IN, Bucket, Finding, Posted, Span, Stored, Tally, Tie

Key = tuple[TransactionKind, str]


def tie(
    listed: Iterable[GatewayTransaction],
    stored: Iterable[Stored],
    posted: Iterable[Posted],
    ours: Mapping[str, int],
    spans: tuple[Span, ...],
    now: datetime,
) -> Tie:
    """Compares by the gateway's id. `ours` knows which payment a reference belongs to.

    What lies outside the spans serves as a counterpart only: its own counterpart may not have been asked for.
    """
    there = _together(listed)
    here = {(one.kind, one.gateway_payment_id): one for one in stored}
    findings: list[Finding] = []
    matched, young = Tally(), Tally()

    def is_asked_for(moment: datetime) -> bool:
        return any(span.holds(moment) for span in spans)

    for key, line in there.items():
        if is_asked_for(line.happened_at):
            row = here.get(key)
            found = [_unknown_to_us(line, ours)] if row is None else [*_amounts(line, row), *_in_books(row)]
            findings += found
            if not found:
                matched.add(line.amount)
    for key, row in here.items():
        if key in there or not is_asked_for(row.happened_at):
            continue
        findings += _in_books(row)
        if row.recorded_at > now - SETTLES_IN:
            young.add(row.amount)
        else:
            findings.append(_finding("ours_only", row, None, row.amount.quantity))
    findings += [_unstored(one) for one in posted]
    return Tie(tuple(sorted(findings, key=lambda one: (one.happened_at, one.gateway_payment_id))), matched, young)


def sums(span: Span, listed: Iterable[GatewayTransaction], stored: Iterable[Stored], tied: Tie) -> dict[str, Tally]:
    """Each side over the span that was asked for, and the buckets over all that was compared."""
    names = ("gateway_in", "gateway_out", "ours_in", "ours_out", "ledger_in", "ledger_out", *BUCKETS)
    totals = {name: Tally() for name in names}
    for line in listed:
        if span.holds(line.happened_at):
            totals["gateway_in" if line.kind == "payment" else "gateway_out"].add(line.amount)
    for row in stored:
        if span.holds(row.happened_at):
            way = "in" if row.kind == "payment" else "out"
            totals[f"ours_{way}"].add(row.amount)
            if row.booked is not None:
                totals[f"ledger_{way}"].put(row.booked, row.amount.unit)
    for finding in tied.findings:
        totals[finding.bucket].put(finding.gateway_amount or finding.our_amount or 0, finding.currency)
    return {**totals, "match": tied.matched, "young": tied.young}


def _together(listed: Iterable[GatewayTransaction]) -> dict[Key, GatewayTransaction]:
    """One line for each payment: a gateway may list what arrived for it in parts."""
    found: dict[Key, GatewayTransaction] = {}
    for line in listed:
        key = (line.kind, line.gateway_payment_id)
        before = found.get(key)
        if before is not None and before.amount.unit == line.amount.unit:
            first = min(before.happened_at, line.happened_at)
            found[key] = replace(line, amount=before.amount + line.amount, happened_at=first)
        else:
            found[key] = line
    return found


def _unknown_to_us(line: GatewayTransaction, ours: Mapping[str, int]) -> Finding:
    return Finding(
        "gateway_only", line.kind, line.gateway_payment_id, ours.get(line.reference), line.reference,
        line.amount.quantity, None, line.amount.unit, line.happened_at,
    )  # fmt: skip


def _amounts(line: GatewayTransaction, row: Stored) -> list[Finding]:
    if line.amount == row.amount:
        return []
    return [_finding("amount", row, line.amount.quantity, row.amount.quantity)]


def _in_books(row: Stored) -> list[Finding]:
    if row.booked == row.amount.quantity:
        return []
    return [_finding("ledger", row, row.amount.quantity, row.booked)]


def _finding(bucket: Bucket, row: Stored, theirs: int | None, ours: int | None) -> Finding:
    return Finding(
        bucket, row.kind, row.gateway_payment_id, row.payment_id, row.reference, theirs, ours, row.amount.unit,
        row.happened_at,
    )  # fmt: skip


def _unstored(one: Posted) -> Finding:
    return Finding(
        "ledger", one.kind, one.gateway_payment_id, None, "", None, one.amount.quantity, one.amount.unit,
        one.recorded_at,
    )  # fmt: skip

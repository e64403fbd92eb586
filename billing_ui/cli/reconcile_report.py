"""How a comparison with the gateway is told: as a table to a person, as JSON to a program."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from billing_ui.i18n import text
from billing_ui.queries.reconciliation import RunView
from billing_ui.rules.reconciliation import Tally

_BUCKETS = {
    "match": "rec.match",
    "gateway_only": "rec.gateway",
    "ours_only": "rec.ledger",
    "amount": "rec.amount",
    "ledger": "rec.books",
    "young": "rec.young",
}


def table(view: RunView, now: datetime) -> str:
    lines = [f"{view.gateway}  {view.from_at:%Y-%m-%d %H:%M} to {view.to_at:%Y-%m-%d %H:%M} UTC", ""]
    for side, name in (("gateway", "gateway"), ("ours", "payments"), ("ledger", "books")):
        come, gone = view.totals[f"{side}_in"], view.totals[f"{side}_out"]
        lines.append(f"{name:<20} in {_tally(come):<28} out {_tally(gone)}")
    lines.append("")
    lines += [f"{_said(key):<20} {_tally(view.totals[bucket])}" for bucket, key in _BUCKETS.items()]
    lines += [
        f"{'settled now':<20} {view.totals['settled'].count}",
        f"{'cash, books':<20} {_sums(view.totals['cash'])}",
        f"{'clearing, books':<20} {_sums(view.totals['clearing'])}, undecided {_tally(view.totals['undecided'])}",
    ]
    for one in view.differences:
        amounts = f"{_or_none(one.gateway_amount)} / {_or_none(one.our_amount)} {one.currency}"
        age = _age(now - (one.happened_at or one.first_seen_at))
        lines += [
            "",
            f"{_said(_BUCKETS[one.bucket])}: {one.kind} {one.gateway_payment_id}, {amounts}, {age} old",
            f"  {one.reference or 'no reference'}{f', purchase {one.ref}' if one.ref else ''}",
            f"  {_said(f'rec.do.{one.action}')}",
            *([f"  all right after all? --explain {one.public_id} --reason ..."] if one.public_id else []),
        ]
    if view.open > len(view.differences):
        lines.append(f"\nand {view.open - len(view.differences)} more")
    for waiting in (*view.undecided, *view.unknown):
        lines.append(
            f"\nwaits: {waiting.public_id} {waiting.state}, {waiting.amount} {waiting.currency}, purchase "
            f"{waiting.ref}, {_age(now - waiting.since)} old"
        )
    gap = ", ".join(f"{amount} {currency}" for currency, amount in view.clearing_gap.items())
    if gap:
        lines.append(f"\nclearing holds {gap} that no undecided payment accounts for: billing-ui verify")
    if not view.public_id and view.unexplained:
        lines.append("\nonly looked; --apply settles what may be imported and remembers the rest")
    lines.append(f"\nreconcile: {view.unexplained} unexplained")
    return "\n".join(lines)


def _said(key: str) -> str:
    return text("en", key)


def told(view: RunView, now: datetime) -> dict[str, Any]:
    return {
        "run": view.public_id,
        "gateway": view.gateway,
        "from": view.from_at.isoformat(),
        "to": view.to_at.isoformat(),
        "totals": {name: tally.told() for name, tally in view.totals.items()},
        "unexplained": view.unexplained,
        "clearing_gap": view.clearing_gap,
        "differences": [
            {
                "id": one.public_id, "bucket": one.bucket, "kind": one.kind,
                "gateway_payment_id": one.gateway_payment_id, "reference": one.reference, "ref": one.ref,
                "gateway_amount": one.gateway_amount, "our_amount": one.our_amount, "currency": one.currency,
                "action": one.action, "age_s": int((now - (one.happened_at or one.first_seen_at)).total_seconds()),
            }
            for one in view.differences
        ],
        "waiting": [
            {
                "id": one.public_id, "ref": one.ref, "reference": one.reference, "amount": one.amount,
                "currency": one.currency, "state": one.state, "age_s": int((now - one.since).total_seconds()),
            }
            for one in (*view.undecided, *view.unknown)
        ],
    }  # fmt: skip


def _tally(tally: Tally) -> str:
    return f"{tally.count} ({_sums(tally)})" if tally.count else "0"


def _sums(tally: Tally) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in sorted(tally.sums.items())) or "0"


def _or_none(amount: int | None) -> str:
    return "none" if amount is None else str(amount)


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds()) // 3600
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h {int(age.total_seconds()) // 60 % 60} min"

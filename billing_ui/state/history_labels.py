"""Rows, one row in full, and payment stats as the plain dicts that the history page holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from billing_ui.components.charts.geometry import bundle, stacked
from billing_ui.kit.period import start_of_day
from billing_ui.queries.history import HistoryRow
from billing_ui.queries.history_detail import HistoryDetail
from billing_ui.queries.payment_stats import PaymentStats, Tally
from billing_ui.rules.payments import UNDECIDED
from billing_ui.state.labels import instant
from billing_ui.state.payment_labels import story
from billing_ui.state.usage_labels import explained, used_for

PATH = "/subscription/history/"
_HOUR, _DAY = 3600, 86_400
# Where money on its way back stands, in the words that payments have.
_BACK = {"asked": "processing", "pending": "processing", "unknown": "processing", "succeeded": "refunded"}


def row_address(row_id: str) -> str:
    return f"{PATH}?{urlencode({'id': row_id})}"


def history_row(row: HistoryRow, address_of: Callable[[str], str] = row_address) -> dict[str, Any]:
    """A purchase keeps its own id from the day it is asked for; other postings are known by their key."""
    payable = not row.is_posted and row.status in UNDECIDED
    return {
        "id": row.id,
        "kind": row.kind,
        "word": row.word,
        "at": instant(row.at),
        "tokens": row.tokens,
        "balance_after": row.balance_after if row.is_posted else None,
        "status": row.status,
        "posted": row.is_posted,
        "ref": row.number if row.kind == "usage" else "",
        "href": address_of(row.id),
        "pay": f"/pay/{row.cause}/" if row.kind == "topup" and row.cause else "",
        "payable": payable,
        "until": instant(row.expires_at) if payable else "",
        "amount": row.amount,
        "currency": row.currency,
        "method": row.method,
        "used": used_for(row.used) if row.used else {},
    }


def detail(found: HistoryDetail) -> dict[str, Any]:
    """What the drawer shows; `has_payment` tells purchases from other rows."""
    shown, receipt = found.payment, found.receipt
    return {
        **history_row(found.row),
        "used": explained(found.row.used) if found.row.used else {},
        "has_payment": shown is not None,
        "fee": shown.fee if shown else 0,
        "tax": shown.tax if shown else 0,
        "price": shown.amount if shown else 0,
        "paid_at": instant(shown.paid_at) if shown else "",
        "failure": shown.failure_code if shown and shown.status == "failed" else "",
        "late": bool(shown and shown.is_late),
        "story": story(shown) if shown else [],
        "receipt": receipt.number if receipt else "",
        "receipt_pdf": receipt.pdf if receipt else "",
        "refunds": [
            {"id": each.id, "at": instant(each.at), "status": _BACK.get(each.status, each.status),
             "amount": each.amount, "currency": each.currency, "tokens": each.tokens}
            for each in found.refunds
        ],
    }  # fmt: skip


def stats(found: PaymentStats) -> dict[str, Any]:
    """Figures, bars of at most thirty bundles of days, and the same as rows of a table."""
    days = list(found.days.items())
    size = bundle(len(days))
    bundles = [_bundled(days[at : at + size], found.zone) for at in range(0, len(days), size)]
    placed = stacked([(each["paid"], each["count"] - each["paid"]) for each in bundles])
    return {
        "count": found.whole.count,
        "paid": found.whole.paid,
        "percent": found.whole.success_percent or 0,
        "decided": found.whole.success_percent is not None,
        "sums": _sums(found.whole),
        "took": _took(found.median_seconds),
        "first_at": instant(start_of_day(found.first_on, found.zone)),
        "last_at": instant(start_of_day(found.last_on, found.zone)),
        "bars": [
            {**each, "x": bar.x, "width": bar.width, "lower": bar.lower, "lower_y": bar.lower_y, "upper": bar.upper,
             "upper_y": bar.upper_y}
            for each, bar in zip(bundles, placed, strict=True)
        ],
        "days": [each for each in reversed(bundles) if each["count"]],
        "methods": [
            {"method": method, "count": tally.count, "paid": tally.paid, "sums": _sums(tally)}
            for method, tally in found.methods.items()
        ],
    }  # fmt: skip


def _bundled(days: list[tuple[date, Tally]], zone: str) -> dict[str, Any]:
    whole, first, last = Tally(), days[0][0], days[-1][0]
    for _day, tally in days:
        whole.count, whole.paid = whole.count + tally.count, whole.paid + tally.paid
        for unit, amount in tally.paid_amounts.items():
            whole.paid_amounts[unit] = whole.paid_amounts.get(unit, 0) + amount
    return {
        "first": first.isoformat(), "last": last.isoformat(), "first_at": instant(start_of_day(first, zone)),
        "last_at": instant(start_of_day(last, zone)), "count": whole.count, "paid": whole.paid, "sums": _sums(whole),
    }  # fmt: skip


def _sums(tally: Tally) -> list[dict[str, Any]]:
    return [{"amount": amount, "currency": unit} for unit, amount in sorted(tally.paid_amounts.items())]


def _took(seconds: int | None) -> dict[str, Any]:
    """A span in the largest unit that keeps two of it."""
    if seconds is None:
        return {}
    for unit, length in (("days", _DAY), ("hours", _HOUR), ("minutes", 60)):
        if seconds >= 2 * length:
            return {"key": f"span.{unit}", "count": seconds // length}
    return {"key": "span.seconds" if seconds else "span.moment", "count": seconds}

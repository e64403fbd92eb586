"""Views as the plain dicts a page may hold: public ids, ints, ISO instants, no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.queries.history import HistoryRow
from billing_ui.rules.payments import UNDECIDED


def instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def pair(both: Mapping[str, str]) -> dict[str, str]:
    return {"id": both["id"], "en": both["en"]}


def worth(tokens: int) -> dict[str, Any]:
    """What so many tokens are shown as in money; empty where the catalogue shows tokens alone."""
    amount = runtime.env().catalogue.worth(tokens)
    return {} if amount is None else {"amount": amount.quantity, "currency": amount.unit}


def everyday(tokens: int) -> dict[str, Any]:
    """About how many everyday things the tokens make; empty where the catalogue names none or it is less than one."""
    thing = runtime.env().catalogue.unit_display.everyday
    count = tokens // thing.tokens if thing is not None else 0
    if thing is None or count < 1:
        return {}
    name = thing.name.one if count == 1 else thing.name.other
    return {"count": count, "thing": name.pair()}


def history_row(row: HistoryRow) -> dict[str, Any]:
    """A purchase keeps its own id from the day it is asked for; other postings are known by their key."""
    is_purchase = row.kind == "topup" and bool(row.cause)
    is_posted = row.cursor > 0
    return {
        "id": row.cause if is_purchase else row.id,
        "kind": row.kind,
        "at": instant(row.at),
        "tokens": row.tokens,
        "balance_after": row.balance_after if is_posted else None,
        "status": "posted" if row.status == "done" else row.status,
        "posted": is_posted,
        "href": f"/pay/{row.cause}/" if is_purchase else "",
        "payable": row.status in UNDECIDED,
        "amount": row.amount,
        "currency": row.currency,
        "method": row.method,
    }

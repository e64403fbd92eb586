"""What pages and doors ask of a shop with ninety days of events, by name: the customer's pages, and the operator's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from benchmarks.stock import ZONE, Shop
from billing_ui.infra.db import Tx
from billing_ui.kit.period import local_day
from billing_ui.ledger.tables import entry
from billing_ui.ledger.terms import PlanTerms
from billing_ui.queries import balance, history, limits, usage, usage_overall, usage_sessions
from billing_ui.rules.lists import ListAsk

DEEP = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Read = Callable[[Tx], Any]


@dataclass(frozen=True, slots=True)
class Days:
    """The last thirty local days of which something is known."""

    now: datetime
    first: Any
    last: Any

    @classmethod
    def of(cls, shop: Shop) -> Days:
        with shop.env.db.read() as tx:
            now = tx.execute(text("SELECT max(last_at) FROM account_head")).scalar_one()
        if isinstance(now, str):
            now = datetime.fromisoformat(now).replace(tzinfo=UTC)
        last = local_day(now, ZONE)
        return cls(now, last - timedelta(days=29), last)


def asks(shop: Shop) -> dict[str, Read]:
    """Each dashboard query. The heavy account has 2.5 % of all events, the middling one about as many as most."""
    days, heavy, middling = Days.of(shop), shop.accounts[0], shop.accounts[len(shop.accounts) // 2]
    terms = PlanTerms(shop.env.db, shop.env.catalogue.paid_meter)
    paid, session = shop.env.catalogue.paid_meter, f"s{(int(days.now.timestamp()) + 7 * 3600) // 86_400 - 3}"
    with shop.env.db.read() as tx:
        public_id = balance.account_of(tx, heavy)[0]
    first, last, now = days.first, days.last, days.now
    told: dict[str, Read] = {
        "limits now": lambda tx: limits.user_current_limits(tx, terms, heavy, now),
        "balance and lots": lambda tx: balance.balance(tx, public_id),
        "30 days by day, heavy user": lambda tx: usage.usage(tx, heavy, first, last, "day"),
        "30 days by operation, heavy user": lambda tx: usage.usage(tx, heavy, first, last, "operation"),
        "30 days by model, heavy user": lambda tx: usage.usage(tx, heavy, first, last, "model"),
        "30 days by day, middling user": lambda tx: usage.usage(tx, middling, first, last, "day"),
        "today": lambda tx: usage.today(tx, heavy, ZONE, now),
        "this month": lambda tx: usage.month(tx, heavy, last),
        "newest page of history": lambda tx: history.history(tx, heavy, ListAsk(per=50), ZONE),
        "newest five postings": lambda tx: history.recent(tx, heavy, 5),
        "all accounts, 30 days": lambda tx: usage_overall.system_days(tx, first, last, ZONE),
        "top twenty accounts of a month": lambda tx: usage_overall.top_accounts(tx, last, "tokens"),
        "one session, middling user": lambda tx: usage_sessions.session(tx, paid, middling, session),
    }
    return told


def deep_page(shop: Shop, depth: int) -> str:
    """The key of the page so many postings below the newest of the heavy account."""
    account_id = shop.accounts[0]
    with shop.env.db.read() as tx:
        newest = history.newest_seq(tx, account_id)
        found = select(entry.c.recorded_at).where(entry.c.account_id == account_id, entry.c.seq == newest - depth)
        at = tx.scalar(found)
    if at is None:
        raise RuntimeError(f"the heavy account has no {depth} postings")
    return f"o.{(at - _EPOCH) // timedelta(microseconds=1)}.{newest - depth}."

"""The queries that recompute the books from their entries. Each answers only what does not add up.

All cover the accounts above :after up to :upto, and answer account_id, subject, found, expected.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.selectable import Subquery

from billing_ui.ledger.check_terms import CAME, WENT, Check, Number, in_scope, quantity_if, total
from billing_ui.ledger.tables import CONSUMED, EXPIRED, ISSUED, PAYOUT, WALLET, account_head, entry, hold, lot

_head, _e, _lot = account_head.c, entry.c, lot.c


def _net(pocket: str) -> Number:
    """What went from the wallet into a pocket, less what came back."""
    return quantity_if(_e.debit == WALLET, _e.credit == pocket) - quantity_if(_e.debit == pocket, _e.credit == WALLET)


_BOUGHT = quantity_if(_e.debit == ISSUED, _e.credit == WALLET, _lot.source == "bought")
_FIGURES: dict[str, Number] = {
    "balance": total(CAME - WENT),
    "seq": func.count(),
    "bought": total(_BOUGHT),
    "granted": total(-_net(ISSUED) - _BOUGHT),
    "used": total(_net(CONSUMED)),
    "expired": total(_net(EXPIRED)),
    "refunded": total(_net(PAYOUT)),
    "highest_seq": func.coalesce(func.max(_e.seq), 0),
}
KEPT_AS = {name: "seq" if name == "highest_seq" else name for name in _FIGURES}


def _heads() -> Select[Any]:
    """One pass over the entries recomputes every figure of the heads; answers kept_… and told_… where one differs."""
    told = (
        select(_e.account_id, *(figure.label(name) for name, figure in _FIGURES.items()))
        .select_from(entry.outerjoin(lot, _lot.id == _e.lot_id))
        .where(in_scope(entry))
        .group_by(_e.account_id)
        .subquery()
    )
    pairs = {name: (_head[kept], func.coalesce(told.c[name], 0)) for name, kept in KEPT_AS.items()}
    columns = [column for name, (kept, tells) in pairs.items()
               for column in (kept.label(f"kept_{name}"), tells.label(f"told_{name}"))]  # fmt: skip
    return (
        select(_head.account_id, *columns)
        .select_from(account_head.outerjoin(told, told.c.account_id == _head.account_id))
        .where(in_scope(account_head), or_(*(kept != tells for kept, tells in pairs.values())))
        .order_by(_head.account_id)
    )


def _running() -> Subquery:
    """Every entry beside what its balance should be, and the time its predecessor was recorded at."""
    in_order: dict[str, Any] = {"partition_by": _e.account_id, "order_by": _e.seq}
    balance = cast(func.sum(CAME - WENT).over(**in_order), BigInteger)
    earlier = func.lag(_e.recorded_at).over(**in_order)
    columns = (_e.account_id, _e.seq, _e.balance_after, _e.recorded_at)
    return select(*columns, balance.label("expected"), earlier.label("earlier")).where(in_scope(entry)).subquery()


def _first_of(rows: Subquery, wrong: ColumnElement[bool], found: Any, expected: Any) -> Check:
    """From the first wrong row on, the rest of an account is wrong too: the first one is what to look at."""
    nth = func.row_number().over(partition_by=rows.c.account_id, order_by=rows.c.seq).label("nth")
    listed = select(rows.c.account_id, rows.c.seq, found.label("found"), expected.label("expected"), nth).where(wrong)
    first = listed.subquery()
    answered = select(first.c.account_id, first.c.seq, first.c.found, first.c.expected)
    return answered.where(first.c.nth == 1).order_by(first.c.account_id)


def _balance_after() -> Check:
    rows = _running()
    return _first_of(rows, rows.c.balance_after != rows.c.expected, rows.c.balance_after, rows.c.expected)


def _recorded_at() -> Check:
    rows = _running()
    return _first_of(rows, rows.c.recorded_at < rows.c.earlier, rows.c.seq, null())


def _key() -> Check:
    lines = func.count()
    broken = or_(
        func.min(_e.line) != 1,
        func.max(_e.line) != lines,
        func.max(_e.seq) - func.min(_e.seq) + 1 != lines,
        func.count(_e.request_hash.distinct()) != 1,
    )
    grouped = select(_e.account_id, _e.key, lines, func.max(_e.line)).where(in_scope(entry))
    return grouped.group_by(_e.account_id, _e.key).having(broken).order_by(_e.account_id, _e.key)


def _held() -> Check:
    holds = (
        select(hold.c.account_id, total(hold.c.quantity).label("quantity"))
        .where(in_scope(hold), hold.c.state == "open")
        .group_by(hold.c.account_id)
        .subquery()
    )
    expected = func.coalesce(holds.c.quantity, 0)
    return (
        select(_head.account_id, literal("head"), _head.held, expected)
        .select_from(account_head.outerjoin(holds, holds.c.account_id == _head.account_id))
        .where(in_scope(account_head), _head.held != expected)
        .order_by(_head.account_id)
    )


def _floor() -> Check:
    """Below the overdraft only because money went back for tokens that were spent."""
    paid_back = and_(_e.account_id == _head.account_id, _e.lot_id.is_(None), _e.debit == WALLET, _e.credit == PAYOUT)
    below = and_(_head.balance < _head.floor, ~select(_e.seq).where(paid_back).exists())
    answered = select(_head.account_id, literal("head"), _head.balance, _head.floor)
    return answered.where(in_scope(account_head), below).order_by(_head.account_id)


def _headless() -> Check:
    of_nobody = ~select(_head.account_id).where(_head.account_id == _e.account_id).exists()
    grouped = select(_e.account_id, literal("entries"), func.count(), literal(0)).where(in_scope(entry), of_nobody)
    return grouped.group_by(_e.account_id).order_by(_e.account_id)


CHECKS: dict[str, Check] = {
    "balance_after": _balance_after(),
    "recorded_at": _recorded_at(),
    "key": _key(),
    "held": _held(),
    "floor": _floor(),
    "headless": _headless(),
}
HEADS = _heads()

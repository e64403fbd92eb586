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
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause, Subquery

from billing_ui.ledger.tables import CONSUMED, EXPIRED, ISSUED, PAYOUT, WALLET, account_head, entry, hold, lot

Check = Select[Any]
Number = ColumnElement[int]

_head, _e, _lot = account_head.c, entry.c, lot.c


def _in_scope(table: FromClause) -> ColumnElement[bool]:
    account_id = table.c.account_id
    return and_(account_id > bindparam("after", type_=BigInteger), account_id <= bindparam("upto", type_=BigInteger))


def _total(counted: Number) -> Number:
    """A sum as a whole number: PostgreSQL widens sums of BIGINT to NUMERIC."""
    return cast(func.coalesce(func.sum(counted), 0), BigInteger)


def _quantity_if(*conditions: ColumnElement[bool]) -> Number:
    return case((and_(*conditions), _e.quantity), else_=0)


_CAME = _quantity_if(_e.credit == WALLET, _e.debit != WALLET)
_WENT = _quantity_if(_e.debit == WALLET, _e.credit != WALLET)


def _net(pocket: str) -> Number:
    """What went from the wallet into a pocket, less what came back."""
    return _quantity_if(_e.debit == WALLET, _e.credit == pocket) - _quantity_if(_e.debit == pocket, _e.credit == WALLET)


_BOUGHT = _quantity_if(_e.debit == ISSUED, _e.credit == WALLET, _lot.source == "bought")
_FIGURES: dict[str, Number] = {
    "balance": _total(_CAME - _WENT),
    "seq": func.count(),
    "bought": _total(_BOUGHT),
    "granted": _total(-_net(ISSUED) - _BOUGHT),
    "used": _total(_net(CONSUMED)),
    "expired": _total(_net(EXPIRED)),
    "refunded": _total(_net(PAYOUT)),
    "highest_seq": func.coalesce(func.max(_e.seq), 0),
}
KEPT_AS = {name: "seq" if name == "highest_seq" else name for name in _FIGURES}


def _heads() -> Select[Any]:
    """One pass over the entries recomputes every figure of the heads; answers kept_… and told_… where one differs."""
    told = (
        select(_e.account_id, *(figure.label(name) for name, figure in _FIGURES.items()))
        .select_from(entry.outerjoin(lot, _lot.id == _e.lot_id))
        .where(_in_scope(entry))
        .group_by(_e.account_id)
        .subquery()
    )
    pairs = {name: (_head[kept], func.coalesce(told.c[name], 0)) for name, kept in KEPT_AS.items()}
    columns = [column for name, (kept, tells) in pairs.items()
               for column in (kept.label(f"kept_{name}"), tells.label(f"told_{name}"))]  # fmt: skip
    return (
        select(_head.account_id, *columns)
        .select_from(account_head.outerjoin(told, told.c.account_id == _head.account_id))
        .where(_in_scope(account_head), or_(*(kept != tells for kept, tells in pairs.values())))
        .order_by(_head.account_id)
    )


def _running() -> Subquery:
    """Every entry beside what its balance should be, and the time its predecessor was recorded at."""
    in_order: dict[str, Any] = {"partition_by": _e.account_id, "order_by": _e.seq}
    balance = cast(func.sum(_CAME - _WENT).over(**in_order), BigInteger)
    earlier = func.lag(_e.recorded_at).over(**in_order)
    columns = (_e.account_id, _e.seq, _e.balance_after, _e.recorded_at)
    return select(*columns, balance.label("expected"), earlier.label("earlier")).where(_in_scope(entry)).subquery()


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


def _lots(expected: str) -> Check:
    """Lots beside what came into them and what went out of them."""
    gone = _quantity_if(_e.debit == WALLET)
    told = (
        select(_e.lot_id, _total(_CAME).label("quantity"), _total(_CAME - gone).label("remaining"))
        .where(_in_scope(entry), _e.lot_id.is_not(None))
        .group_by(_e.lot_id)
        .subquery()
    )
    kept, tells = _lot[expected], func.coalesce(told.c[expected], 0)
    return (
        select(_lot.account_id, _lot.public_id, kept, tells)
        .select_from(lot.outerjoin(told, told.c.lot_id == _lot.id))
        .where(_in_scope(lot), kept != tells)
        .order_by(_lot.id)
    )


def _lot_range() -> Check:
    outside = or_(_lot.remaining < 0, _lot.remaining > _lot.quantity, _lot.is_open != (_lot.remaining > 0))
    columns = (_lot.account_id, _lot.public_id, _lot.remaining, _lot.quantity)
    return select(*columns).where(_in_scope(lot), outside).order_by(_lot.id)


def _lots_and_debt() -> Check:
    """What the lots hold, less what was taken beyond them and not repaid, is the balance; nobody repays too much."""
    left = (
        select(_lot.account_id, _total(_lot.remaining).label("remaining"))
        .where(_in_scope(lot))
        .group_by(_lot.account_id)
        .subquery()
    )
    owed = _quantity_if(_e.debit == WALLET, _e.lot_id.is_(None)) - _quantity_if(_e.debit == WALLET, _e.credit == WALLET)
    debts = select(_e.account_id, _total(owed).label("debt")).where(_in_scope(entry)).group_by(_e.account_id).subquery()
    debt = func.coalesce(debts.c.debt, 0)
    expected = func.coalesce(left.c.remaining, 0) - debt
    both = account_head.outerjoin(left, left.c.account_id == _head.account_id)
    return (
        select(_head.account_id, literal("head"), _head.balance, expected)
        .select_from(both.outerjoin(debts, debts.c.account_id == _head.account_id))
        .where(_in_scope(account_head), or_(_head.balance != expected, debt < 0))
        .order_by(_head.account_id)
    )


def _entry_lot() -> Check:
    own_lot = and_(_lot.id == _e.lot_id, _lot.account_id == _e.account_id)
    return (
        select(_e.account_id, _e.seq, _e.lot_id, _lot.id)
        .select_from(entry.outerjoin(lot, own_lot))
        .where(_in_scope(entry), _e.lot_id.is_not(None), _lot.id.is_(None))
        .order_by(_e.account_id, _e.seq)
    )


def _key() -> Check:
    lines = func.count()
    broken = or_(
        func.min(_e.line) != 1,
        func.max(_e.line) != lines,
        func.max(_e.seq) - func.min(_e.seq) + 1 != lines,
        func.min(_e.request_hash) != func.max(_e.request_hash),
    )
    grouped = select(_e.account_id, _e.key, lines, func.max(_e.line)).where(_in_scope(entry))
    return grouped.group_by(_e.account_id, _e.key).having(broken).order_by(_e.account_id, _e.key)


def _held() -> Check:
    holds = (
        select(hold.c.account_id, _total(hold.c.quantity).label("quantity"))
        .where(_in_scope(hold), hold.c.state == "open")
        .group_by(hold.c.account_id)
        .subquery()
    )
    expected = func.coalesce(holds.c.quantity, 0)
    return (
        select(_head.account_id, literal("head"), _head.held, expected)
        .select_from(account_head.outerjoin(holds, holds.c.account_id == _head.account_id))
        .where(_in_scope(account_head), _head.held != expected)
        .order_by(_head.account_id)
    )


def _floor() -> Check:
    """Below the overdraft only because money went back for tokens that were spent."""
    paid_back = and_(_e.account_id == _head.account_id, _e.lot_id.is_(None), _e.debit == WALLET, _e.credit == PAYOUT)
    below = and_(_head.balance < _head.floor, ~select(_e.seq).where(paid_back).exists())
    answered = select(_head.account_id, literal("head"), _head.balance, _head.floor)
    return answered.where(_in_scope(account_head), below).order_by(_head.account_id)


def _headless() -> Check:
    of_nobody = ~select(_head.account_id).where(_head.account_id == _e.account_id).exists()
    grouped = select(_e.account_id, literal("entries"), func.count(), literal(0)).where(_in_scope(entry), of_nobody)
    return grouped.group_by(_e.account_id).order_by(_e.account_id)


CHECKS: dict[str, Check] = {
    "balance_after": _balance_after(),
    "recorded_at": _recorded_at(),
    "lot_quantity": _lots("quantity"),
    "lot_remaining": _lots("remaining"),
    "lot_range": _lot_range(),
    "lots_and_debt": _lots_and_debt(),
    "entry_lot": _entry_lot(),
    "key": _key(),
    "held": _held(),
    "floor": _floor(),
    "headless": _headless(),
}
HEADS = _heads()

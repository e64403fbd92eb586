"""The queries that hold the lots against the entries that filled and burned them."""

from __future__ import annotations

from sqlalchemy import and_, func, literal, or_, select

from billing_ui.ledger.check_terms import CAME, Check, in_scope, quantity_if, total
from billing_ui.ledger.tables import WALLET, account_head, entry, lot

_head, _e, _lot = account_head.c, entry.c, lot.c


def _lots(expected: str) -> Check:
    """Lots beside what came into them and what went out of them."""
    gone = quantity_if(_e.debit == WALLET)
    told = (
        select(_e.lot_id, total(CAME).label("quantity"), total(CAME - gone).label("remaining"))
        .where(in_scope(entry), _e.lot_id.is_not(None))
        .group_by(_e.lot_id)
        .subquery()
    )
    kept, tells = _lot[expected], func.coalesce(told.c[expected], 0)
    return (
        select(_lot.account_id, _lot.public_id, kept, tells)
        .select_from(lot.outerjoin(told, told.c.lot_id == _lot.id))
        .where(in_scope(lot), kept != tells)
        .order_by(_lot.id)
    )


def _lot_range() -> Check:
    outside = or_(_lot.remaining < 0, _lot.remaining > _lot.quantity, _lot.is_open != (_lot.remaining > 0))
    columns = (_lot.account_id, _lot.public_id, _lot.remaining, _lot.quantity)
    return select(*columns).where(in_scope(lot), outside).order_by(_lot.id)


def _lots_and_debt() -> Check:
    """What the lots hold, less what was taken beyond them and not repaid, is the balance; nobody repays too much."""
    left = (
        select(_lot.account_id, total(_lot.remaining).label("remaining"))
        .where(in_scope(lot))
        .group_by(_lot.account_id)
        .subquery()
    )
    owed = quantity_if(_e.debit == WALLET, _e.lot_id.is_(None)) - quantity_if(_e.debit == WALLET, _e.credit == WALLET)
    debts = select(_e.account_id, total(owed).label("debt")).where(in_scope(entry)).group_by(_e.account_id).subquery()
    debt = func.coalesce(debts.c.debt, 0)
    expected = func.coalesce(left.c.remaining, 0) - debt
    both = account_head.outerjoin(left, left.c.account_id == _head.account_id)
    return (
        select(_head.account_id, literal("head"), _head.balance, expected)
        .select_from(both.outerjoin(debts, debts.c.account_id == _head.account_id))
        .where(in_scope(account_head), or_(_head.balance != expected, debt < 0))
        .order_by(_head.account_id)
    )


def _entry_lot() -> Check:
    own_lot = and_(_lot.id == _e.lot_id, _lot.account_id == _e.account_id)
    return (
        select(_e.account_id, _e.seq, _e.lot_id, _lot.id)
        .select_from(entry.outerjoin(lot, own_lot))
        .where(in_scope(entry), _e.lot_id.is_not(None), _lot.id.is_(None))
        .order_by(_e.account_id, _e.seq)
    )


LOT_CHECKS: dict[str, Check] = {
    "lot_quantity": _lots("quantity"),
    "lot_remaining": _lots("remaining"),
    "lot_range": _lot_range(),
    "lots_and_debt": _lots_and_debt(),
    "entry_lot": _entry_lot(),
}

"""The words that all checks of the books are written in: which accounts, which quantities, sums that stay whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, case, cast, func
from sqlalchemy.sql.selectable import FromClause

from billing_ui.ledger.tables import WALLET, entry

Check = Select[Any]
Number = ColumnElement[int]

_e = entry.c


def in_scope(table: FromClause) -> ColumnElement[bool]:
    account_id = table.c.account_id
    return and_(account_id > bindparam("after", type_=BigInteger), account_id <= bindparam("upto", type_=BigInteger))


def total(counted: Number) -> Number:
    """A sum as a whole number: PostgreSQL widens sums of BIGINT to NUMERIC."""
    return cast(func.coalesce(func.sum(counted), 0), BigInteger)


def quantity_if(*conditions: ColumnElement[bool]) -> Number:
    return case((and_(*conditions), _e.quantity), else_=0)


CAME = quantity_if(_e.credit == WALLET, _e.debit != WALLET)
WENT = quantity_if(_e.debit == WALLET, _e.credit != WALLET)

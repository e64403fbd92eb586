"""Holds past their time: what they set aside is free again before anybody decides anything about the account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from billing_ui.infra.db import Tx
from billing_ui.ledger.deciding import HoldRow, without
from billing_ui.ledger.tables import account_head, hold, lot
from billing_ui.ledger.terms import PlanTerms
from billing_ui.rules.quotas import Calendar

_h, _head, _lot = hold.c, account_head.c, lot.c
# A host that died may have left ever so many. Nobody waits for all of them at once, and no statement can name them all.
AT_ONCE = 2000


def with_due_holds(tx: Tx, now: datetime, limit: int) -> Sequence[int]:
    """The accounts that have holds past their time."""
    due = select(_h.account_id).where(_h.state == "open", _h.expires_at <= now)
    return tx.connection().scalars(due.distinct().order_by(_h.account_id).limit(limit)).all()


def release_due(tx: Tx, terms: PlanTerms, account_id: int, now: datetime) -> int:
    """Lets holds that are past their time go, and the head knows what is due next. Answers how many they were: with
    `AT_ONCE` of them there may be more."""
    connection = tx.connection()
    wanted = select(_head.held, _head.windows, _head.zone, _head.period_on, _head.plan_version_id)
    head = connection.execute(wanted.where(_head.account_id == account_id).with_for_update()).one()
    mine = (_h.account_id == account_id, _h.state == "open")
    columns = (_h.id, _h.key, _h.quantity, _h.draws, _h.allowance, _h.held_at, _h.expires_at, _h.state, _h.request_hash)
    due = [
        HoldRow(*row) for row in connection.execute(select(*columns).where(*mine, _h.expires_at <= now).limit(AT_ONCE))
    ]
    promised = terms[head.plan_version_id]
    calendar = Calendar(head.zone, head.period_on, promised.months)
    windows = head.windows
    for each in due:
        windows = without(windows, each, promised, calendar, now)
    if due:
        connection.execute(update(hold).where(_h.id.in_([each.id for each in due])).values(state="expired"))
    lots = (_lot.account_id == account_id, _lot.is_open, ~_lot.is_frozen)
    values = {
        "due_at": connection.scalar(select(func.min(_lot.expires_at)).where(*lots)),
        "held": head.held - sum(each.quantity for each in due), "windows": windows, "version": _head.version + 1,
        "release_at": connection.scalar(select(func.min(_h.expires_at)).where(*mine)),
    }  # fmt: skip
    connection.execute(update(account_head).where(_head.account_id == account_id).values(**values))
    return len(due)

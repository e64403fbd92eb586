"""Views as the plain dicts a page may hold: public ids, ints, ISO instants, no sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from billing_ui.infra.pictures import qr_svg
from billing_ui.kit.qris import merchant
from billing_ui.queries.history import HistoryRow
from billing_ui.queries.payment import PaymentView


def instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def payment(view: PaymentView) -> dict[str, Any]:
    """What the pay card shows. A stranger's view carries no balance and no story."""
    shown = merchant(view.instruction_value) if view.instruction_kind == "qr" else None
    return {
        "ref": view.ref,
        "status": view.status,
        "method": view.method,
        "kind": view.instruction_kind,
        "value": view.instruction_value,
        "deeplink": view.deeplink,
        "qr": qr_svg(view.instruction_value) if view.instruction_kind == "qr" else "",
        "merchant": shown.name if shown else "",
        "nmid": shown.nmid if shown else "",
        "amount": view.amount,
        "fee": view.fee,
        "tax": view.tax,
        "total": view.total,
        "currency": view.currency,
        "tokens": view.tokens,
        "expires_at": instant(view.expires_at),
        "created_at": instant(view.created_at),
        "paid_at": instant(view.paid_at),
        "failure": view.failure_code,
        "late": view.is_late,
        "zone": view.zone,
        "member": view.is_member,
        "balance": view.balance,
        "timeline": [{"at": instant(line.at), "kind": line.kind, "status": line.status} for line in view.timeline],
    }


def history_row(row: HistoryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": instant(row.at),
        "tokens": row.tokens,
        "balance_after": row.balance_after,
        "status": row.status,
        "cause": row.cause,
        "amount": row.amount,
        "currency": row.currency,
        "method": row.method,
    }

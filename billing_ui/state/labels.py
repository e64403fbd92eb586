"""Views as the plain dicts a page may hold: public ids, ints, ISO instants, no sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.i18n.load import va_steps
from billing_ui.infra.pictures import qr_svg
from billing_ui.kit.qris import asks_for, merchant
from billing_ui.queries.admin_payment import StoryLine
from billing_ui.queries.payment import PaymentView, TimelineLine
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import UNDECIDED
from billing_ui.rules.phones import masked, national

# Codes that a camera reads.
_SCANNED = frozenset({"qr", "app"})


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


def payment(view: PaymentView) -> dict[str, Any]:
    """What the pay card shows. A stranger's view carries no balance and no story."""
    shown = merchant(view.instruction_value) if view.instruction_kind in _SCANNED else None
    is_open = view.status in UNDECIDED
    method = METHODS.get(view.method)
    kind = view.instruction_kind if is_open else "none"
    if kind in _SCANNED and not asks_for(view.instruction_value, view.total):
        # A code that would take another amount is worse than no code.
        kind = "wrong"
    return {
        "ref": view.ref,
        "status": view.status,
        "is_open": is_open,
        "method": view.method,
        "kind": kind,
        "value": view.instruction_value if kind not in {"none", "wrong"} else "",
        "grouped": _in_fours(view.instruction_value) if view.instruction_kind == "va" else "",
        "deeplink": view.deeplink if kind in {"app", "redirect"} else "",
        "qr": qr_svg(view.instruction_value) if kind in _SCANNED else "",
        "is_push": method is not None and method.action == "push",
        "window_s": int(method.lives.total_seconds()) if method else 0,
        "phone": masked(view.phone),
        "own_phone": national(view.phone),
        "merchant": shown.name if shown else runtime.env().catalogue.brand.name,
        "nmid": shown.nmid if shown else "",
        "channels": _channels(view.method) if is_open else [],
        "amount": view.amount,
        "fee": view.fee,
        "tax": view.tax,
        "total": view.total,
        "currency": view.currency,
        "tokens": view.tokens,
        "expires_at": instant(view.expires_at),
        "paid_at": instant(view.paid_at),
        "failure": view.failure_code,
        "late": view.is_late,
        "zone": view.zone,
        "member": view.is_member,
        "balance": view.balance,
        "timeline": story(view),
        "receipt": view.receipt,
    }


def story(view: PaymentView) -> list[dict[str, Any]]:
    words = zip(view.timeline, customers_words(view.timeline), strict=True)
    return [{"at": instant(line.at), "status": word} for line, said in words for word in said]


def customers_words(lines: Sequence[TimelineLine | StoryLine]) -> list[tuple[str, ...]]:
    """What a customer reads at each line: a word when the state became another one, or was written to them about."""
    told: list[tuple[str, ...]] = []
    status, is_mailed = "", False
    for line in lines:
        said: tuple[str, ...] = ()
        if line.status != status:
            said, status, is_mailed = (line.status,), line.status, False
        if line.kind == "mailed" and not is_mailed:
            said, is_mailed = (*said, "mailed"), True
        told.append(said)
    return told


def _in_fours(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _channels(method: str) -> list[dict[str, Any]]:
    if METHODS[method].action != "va":
        return []
    try:
        return list(va_steps(method.removeprefix("VA_")))
    except FileNotFoundError:
        # The menus of this bank are not collected yet; the number alone is enough to pay.
        return []

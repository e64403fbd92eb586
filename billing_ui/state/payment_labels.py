"""One purchase as the plain dict that the pay card shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing_ui import runtime
from billing_ui.i18n.load import va_steps
from billing_ui.infra.pictures import qr_svg
from billing_ui.kit.amount import Amount
from billing_ui.kit.qris import asks_for, merchant
from billing_ui.queries.admin_payment import StoryLine
from billing_ui.queries.payment import PaymentView, TimelineLine
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import UNDECIDED
from billing_ui.rules.phones import masked, national
from billing_ui.state.labels import instant

# Codes that a camera reads.
_SCANNED = frozenset({"qr", "app"})


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
        "qr": _picture(view, kind),
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
        "standing": view.standing,
        "refunded": view.refunded,
        "returned": _sums(view.returned),
        "kept": _sums(view.kept),
    }


def _sums(amounts: Sequence[Amount]) -> list[dict[str, Any]]:
    return [{"amount": amount.quantity, "currency": amount.unit} for amount in amounts]


def _picture(view: PaymentView, kind: str) -> str:
    """The code itself; for a wallet that opens on phones alone, one that brings this page there."""
    if kind in _SCANNED:
        return qr_svg(view.instruction_value)
    if kind == "redirect" and not view.instruction_value.startswith(("https://", "http://")):
        return qr_svg(runtime.env().config.url(f"/pay/{view.ref}/"))
    return ""


def story(view: PaymentView) -> list[dict[str, Any]]:
    words = zip(view.timeline, customers_words(view.timeline), strict=True)
    return [{"at": instant(line.at), "status": word} for line, said in words for word in said]


# What may still happen to money that has come, in the words of `pay.event`.
_AFTERMATH = frozenset({"extra", "decided", "refunded", "disputed", "dispute_won", "dispute_lost"})


def customers_words(lines: Sequence[TimelineLine | StoryLine]) -> list[tuple[str, ...]]:
    """What a customer reads at each line: a word when the state became another one, or was written to them about."""
    told: list[tuple[str, ...]] = []
    status, is_mailed = "", False
    for line in lines:
        said: tuple[str, ...] = ()
        if line.status != status:
            said, status, is_mailed = (line.status,), line.status, False
        if line.kind in _AFTERMATH:
            said, is_mailed = (*said, line.kind), False
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

"""Use as the plain dicts that pages hold: names from the catalogue in both languages, figures, and the arithmetic."""

from __future__ import annotations

from typing import Any

from billing_ui import runtime
from billing_ui.catalogues.naming import name_of_use
from billing_ui.catalogues.working import Working, worked_out
from billing_ui.i18n.format import number
from billing_ui.i18n.load import LANGUAGES
from billing_ui.queries.usage_events import UsageEvent

_MARK = {"id": ",", "en": "."}


def operation_name(slug: str) -> dict[str, str]:
    return name_of_use(runtime.env().catalogue, slug).pair()


def meter_name(slug: str) -> dict[str, str]:
    meter = runtime.env().catalogue.meters.get(slug)
    return meter.name.pair() if meter is not None else dict.fromkeys(LANGUAGES, slug)


def used_for(event: UsageEvent) -> dict[str, Any]:
    """What a row of a list says about its event: what was done, and what of it did not touch the balance."""
    return {
        "name": operation_name(event.operation), "model": event.model, "tokens": event.paid_quantity,
        "free": event.allowance, "drew": _drew(event),
    }  # fmt: skip


def explained(event: UsageEvent) -> dict[str, Any]:
    """All that can be told about an event, so that whoever pays can follow the charge."""
    return {
        **used_for(event), "session": event.session or "", "input": event.input, "output": event.output,
        "cached": event.cached, "quantity": event.quantity, "from_lots": event.from_lots, "overage": event.overage,
        "uncovered": event.uncovered, **_arithmetic(event),
    }  # fmt: skip


def _drew(event: UsageEvent) -> list[dict[str, Any]]:
    """What it drew besides the meter that is paid for."""
    paid = runtime.env().catalogue.paid_meter
    return [
        {"name": meter_name(meter), "quantity": quantity} for meter, quantity in event.draws.items() if meter != paid
    ]


def _arithmetic(event: UsageEvent) -> dict[str, Any]:
    """The sum by the rate card that the event keeps; nothing where that card is no longer in the catalogue's file, or
    no longer says the same: what was charged stands in the books, and a wrong explanation is worse than none."""
    cards = runtime.env().catalogue.rate_cards
    card = next((each for each in cards if each.version == event.rate_version), None)
    rate = card.rate(event.operation, event.model) if card is not None else None
    if rate is None:
        return {"sum": {}, "rate": 0, "rounded": False}
    working = worked_out(rate, event.input, event.output, event.cached, event.quantity)
    if working.charged != event.paid_quantity or not working.terms:
        return {"sum": {}, "rate": 0, "rounded": False}
    told = {language: _sum(language, working) for language in LANGUAGES}
    return {"sum": told, "rate": event.rate_version, "rounded": working.is_rounded}


def _sum(language: str, working: Working) -> str:
    terms = " + ".join(f"{number(language, count)} × {_milli(language, milli)}" for count, milli in working.terms)
    return f"{terms} = {_milli(language, working.milli)}"


def _milli(language: str, milli: int) -> str:
    """Thousandths as a decimal number, without zeros that say nothing."""
    whole, rest = divmod(milli, 1000)
    behind = f"{rest:03d}".rstrip("0")
    return number(language, whole) + (f"{_MARK[language]}{behind}" if behind else "")

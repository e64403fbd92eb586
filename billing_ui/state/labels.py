"""Views as the plain dicts a page may hold: public ids, ints, ISO instants, no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing_ui import runtime


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

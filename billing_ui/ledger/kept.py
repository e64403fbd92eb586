"""How an event is kept small, said once: what it drew is not written down where its parts already say it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func

from billing_ui.infra.dialects import Drawn, OneMember, drawn
from billing_ui.ledger.tables import usage_event
from billing_ui.rules.usage import Cover

_event = usage_event.c
OVERAGE: ColumnElement[int] = func.coalesce(_event.overage, 0)
UNCOVERED: ColumnElement[int] = func.coalesce(_event.uncovered, 0)


def kept_draws(draws: Mapping[str, int] | None, cover: Cover, paid: str | None) -> Mapping[str, int]:
    """What an event drew: as it is written, or else so much of the paid meter as was covered and not covered."""
    return {paid or "": cover.charged + cover.uncovered} if draws is None else draws


def drawn_by_events(paid: str | None) -> Drawn:
    """The same in a query, one row for each meter of an event."""
    total = _event.allowance + _event.from_lots + OVERAGE + UNCOVERED
    return drawn(func.coalesce(_event.draws, OneMember(paid or "", total)))

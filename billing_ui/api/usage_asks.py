"""Turns what a host app sent into the event of a use case, with everything that its answer will need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing_ui.api.bodies import instant
from billing_ui.api.chosen import chosen
from billing_ui.api.language import spoken
from billing_ui.api.metering import Knock
from billing_ui.api.usage_answers import Teller
from billing_ui.api.usage_schemas import CheckAsk, ReserveAsk, UsageAsk, WhoseAsk
from billing_ui.api.whose import account_of, named
from billing_ui.queries.host_accounts import HostAccount
from billing_ui.rules.errors import FieldInvalid
from billing_ui.services.usage import Usage


async def opened(knock: Knock, ask: WhoseAsk) -> tuple[HostAccount, Teller]:
    """What every answer needs, read before anything is done, so that nothing is done and then not told."""
    account = await account_of(knock.env, named(ask))
    return account, Teller(knock.env, account, (await chosen(knock.env)).thresholds, spoken(knock))


def usage_of(account: HostAccount, ask: CheckAsk) -> Usage:
    """The event as the use case takes it."""
    if ask.operation and ask.amount is not None:
        raise FieldInvalid(field="amount", why="only_with_usage_type")
    given: dict[str, Any] = {}
    if isinstance(ask, UsageAsk):
        given = {"session": ask.session_id, "metadata": storable(ask.metadata) if ask.metadata else {}}
        if ask.occurred_at is not None:
            given["occurred_at"] = instant("occurred_at", ask.occurred_at)
    return Usage(
        account.id, ask.event_id if isinstance(ask, UsageAsk | ReserveAsk) else "", ask.operation or "",
        ask.model or "", ask.input_tokens, ask.output_tokens, ask.cached_tokens, ask.quantity, ask.usage_type or "",
        0 if not ask.usage_type else 1 if ask.amount is None else ask.amount, **given,
    )  # fmt: skip


def storable(value: Any) -> Any:
    """Numbers with a point come as Decimal, which no JSON column takes; nobody counts with what a host keeps here."""
    if isinstance(value, Mapping):
        return {name: storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    return value if value is None or isinstance(value, str | int | bool) else float(value)

"""What may be read from the billing desk: one place for paths and questions, used by the sync and the async client."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from billing_ui.client import reports
from billing_ui.client.asks import Ask, plain
from billing_ui.client.reading import read

T = TypeVar("T")
GroupBy = Literal["day", "operation", "model", "session"]
UsageRange = Literal["today", "yesterday", "7d", "30d", "month", "last_month"]


def summary(whose: Mapping[str, Any]) -> Ask[reports.Summary]:
    return _get("usage-summary", reports.Summary, whose)


def subscription(whose: Mapping[str, Any]) -> Ask[reports.Subscription]:
    return _get("subscription-info", reports.Subscription, whose)


def usage(days: Mapping[str, Any], whose: Mapping[str, Any]) -> Ask[reports.UsageReport]:
    return _get("usage", reports.UsageReport, {**whose, **days})


def ledger(cursor: str | None, limit: int | None, whose: Mapping[str, Any]) -> Ask[reports.LedgerPage]:
    return _get("ledger", reports.LedgerPage, {**whose, "cursor": cursor, "limit": limit})


def plans() -> Ask[reports.Offers]:
    return _get("plans", reports.Offers, {})


def plan(slug: str) -> Ask[reports.Plan]:
    return _get(f"plans/{quote(slug, safe='')}", reports.Plan, {})


def _get(path: str, shape: type[T], query: Mapping[str, Any]) -> Ask[T]:
    told = {name: plain(each) for name, each in query.items() if each is not None}
    return Ask("GET", f"/api/billing/{path}", partial(read, shape), query=told)

"""What plan versions promise, remembered: a version never changes once it is sold."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Database
from billing_ui.models import PlanVersion
from billing_ui.rules.plans import Limit
from billing_ui.rules.usage import Terms

_MONTHS = {"month": 1, "year": 12}


class PlanTerms:
    """The terms of plan versions by their id, read once each."""

    def __init__(self, db: Database, paid_meter: str | None) -> None:
        self._db = db
        self._paid_meter = paid_meter
        self._known: dict[int, Terms] = {}

    def __getitem__(self, plan_version_id: int) -> Terms:
        if plan_version_id not in self._known:
            self.read({plan_version_id})
        return self._known[plan_version_id]

    def missing(self, plan_version_ids: Iterable[int]) -> set[int]:
        return set(plan_version_ids) - self._known.keys()

    def read(self, plan_version_ids: set[int]) -> None:
        query = select(PlanVersion).where(col(PlanVersion.id).in_(plan_version_ids))
        with self._db.read() as tx:
            for row in tx.scalars(query):
                assert row.id is not None
                self._known[row.id] = self._terms(row)

    def _terms(self, row: PlanVersion) -> Terms:
        return Terms(
            plan=row.slug, paid=self._paid_meter, limits=tuple(Limit.of(limit) for limit in row.terms["limits"]),
            included=row.included_tokens, has_overage=row.overage_num is not None,
            months=months_of(row.interval),
        )  # fmt: skip


def months_of(interval: str | None) -> int:
    """How many months a period of a plan has; plans without an interval run on the calendar month."""
    return _MONTHS.get(interval or "month", 1)

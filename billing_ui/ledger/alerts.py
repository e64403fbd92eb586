"""The alerts that a batch raises: jobs in the same write, by the operators' thresholds, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Database
from billing_ui.kit.clock import Clock
from billing_ui.ledger.apart import apart
from billing_ui.ledger.deciding import Page
from billing_ui.models import Setting
from billing_ui.rules import alerts
from billing_ui.rules.settings import SETTINGS
from billing_ui.rules.usage_warnings import Thresholds

_KEYS = ("quota.warning_percent", "balance.low_tokens", "balance.critical_tokens")
_READ_EVERY_S = 10
_MOST_REMEMBERED = 100_000
Awaken = Callable[[datetime], None]


class Alerts:
    """Remembers what it has raised, so that use beyond a threshold does not ask the database again and again; that
    each is told once in all is the doing of the key of its job."""

    def __init__(self, db: Database, clock: Clock, awaken: Awaken) -> None:
        self._db = db
        self._clock = clock
        self._awaken = awaken
        self._read_at: int | None = None
        self._thresholds: Thresholds | None = None
        self._raised: set[str] = set()

    async def prepare(self) -> None:
        """The operators' thresholds, as they stood some seconds ago at most."""
        now = int(self._clock.steady())
        if self._read_at is None or not 0 <= now - self._read_at < _READ_EVERY_S:
            self._thresholds, self._read_at = await apart(self._read), now

    def raise_in(self, page: Page, before: int, now: datetime) -> None:
        """Notes in the page what its events have brought about since its balance was `before`."""
        assert self._thresholds is not None
        found = alerts.raised(page.standing(now), before, page.balance, self._thresholds, now)
        page.alerts = [alert for alert in found if key_of(page.account_id, alert) not in self._raised]

    def remember(self, pages: Iterable[Page]) -> None:
        """These have been written. Whoever runs jobs in this process need not find them by looking."""
        raised = [page for page in pages if page.alerts]
        if not raised:
            return
        if len(self._raised) > _MOST_REMEMBERED:
            self._raised.clear()
        self._raised.update(key_of(page.account_id, alert) for page in raised for alert in page.alerts)
        self._awaken(min(page.last_at for page in raised))

    def _read(self) -> Thresholds:
        with self._db.read() as tx:
            kept: dict[str, Any] = {
                row.key: row.value["v"] for row in tx.scalars(select(Setting).where(col(Setting.key).in_(_KEYS)))
            }
        return Thresholds(*(int(kept.get(key, SETTINGS[key].default)) for key in _KEYS))


def key_of(account_id: int, alert: alerts.Alert) -> str:
    return f"alert:{account_id}:{alert.name}"

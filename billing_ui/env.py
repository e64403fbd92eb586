"""Everything a use case may touch, in one frozen handful. Types only: `runtime` builds it, tests build their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing_ui.catalogues.shape import Catalogue
from billing_ui.config import Config
from billing_ui.emails.base import Mailer
from billing_ui.gateways.base import Gateway
from billing_ui.infra.db import Database
from billing_ui.infra.passwords import Passwords
from billing_ui.infra.signals import Signals
from billing_ui.kit.clock import Clock
from billing_ui.kit.ids import Ids
from billing_ui.ledger.writer import Writer

Failpoint = Callable[[str], None]


class Awaken(Protocol):
    """Tells the job runner of this process that something is due sooner than it thought."""

    def __call__(self, due_at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Env:
    """What the outside world is, for one process."""

    db: Database
    clock: Clock
    ids: Ids
    catalogue: Catalogue
    gateways: Mapping[str, Gateway]
    mailer: Mailer
    signals: Signals
    writer: Writer
    passwords: Passwords
    failpoint: Failpoint
    awaken: Awaken
    config: Config

"""A billing desk that is served over a real socket, and a road to it on which things get lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import func, select

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.client import AsyncBilling, Billing, Patience, Unsettled
from billing_ui.infra.db import Database
from billing_ui.ledger.tables import hold, usage_event
from billing_ui.queries.balance import account_of
from billing_ui.rules.access import system
from billing_ui.security.wrap import wrap
from billing_ui.services import grants
from tests.api.test_payments_api import SECRET, known_as, with_secret
from tests.live_sandbox import Box, free_port, serving
from tests.metering import EVENT_ID, kept_events
from tests.world import Customer, World, open_world

# Tries often and gives up soon, as tests like it.
HASTY = Patience(attempt_s=2.0, total_s=3.0, first_pause_s=0.005, longest_pause_s=0.02)
USER = "user-1"
CHAT: Any = {"external_id": USER, "operation": "chat", "model": "gpt-5", "input_tokens": 600, "output_tokens": 400}


@dataclass
class Road:
    """What meets the next requests, in their order: an answer instead of the desk's, `lost` on the way there, or
    `unheard` on the way back, something to raise; after that everything arrives."""

    plan: list[str | httpx.Response | BaseException] = field(default_factory=list)
    sent: list[httpx.Request] = field(default_factory=list)

    def before(self, request: httpx.Request) -> httpx.Response | None:
        self.sent.append(request)
        step = self.plan[0] if self.plan else None
        if step == "unheard":
            return None
        if self.plan:
            self.plan.pop(0)
        if step == "lost":
            raise httpx.ConnectError("no road", request=request)
        if isinstance(step, BaseException):
            raise step
        return step if isinstance(step, httpx.Response) else None

    def after(self, request: httpx.Request) -> None:
        if self.plan and self.plan[0] == "unheard":
            self.plan.pop(0)
            raise httpx.ReadTimeout("nothing heard", request=request)

    def bodies(self) -> list[bytes]:
        return [request.content for request in self.sent]


class Transport(httpx.HTTPTransport):
    def __init__(self, road: Road) -> None:
        super().__init__()
        self._road = road

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        stopped = self._road.before(request)
        answer = stopped or super().handle_request(request)
        if stopped is None:
            answer.read()
            self._road.after(request)
        return answer


class AsyncTransport(httpx.AsyncHTTPTransport):
    def __init__(self, road: Road) -> None:
        super().__init__()
        self._road = road

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        stopped = self._road.before(request)
        answer = stopped or await super().handle_async_request(request)
        if stopped is None:
            await answer.aread()
            self._road.after(request)
        return answer


@dataclass(frozen=True)
class Desk:
    """The doors over a world, a user that the host app calls `user-1`, and the road there."""

    url: str
    world: World
    customer: Customer
    road: Road
    unsettled: list[Unsettled] = field(default_factory=list)

    def billing(self, secret: str = SECRET, **more: Any) -> Billing:
        return Billing(self.url, secret, **self._hasty(more), transport=Transport(self.road))

    def async_billing(self, secret: str = SECRET, **more: Any) -> AsyncBilling:
        return AsyncBilling(self.url, secret, **self._hasty(more), transport=AsyncTransport(self.road))

    def _hasty(self, more: dict[str, Any]) -> dict[str, Any]:
        return {"before": HASTY, "afterwards": HASTY, "on_unsettled": self.unsettled.append, **more}

    def give(self, tokens: int) -> None:
        with self.world.env.db.read() as tx:
            account, _zone = account_of(tx, self.customer.account_id)
        grants.grant(self.world.env, system("test"), account, tokens, "for a test", f"gift-{tokens}")

    def events(self) -> list[Any]:
        """What is on record, oldest first."""
        with self.world.env.db.read() as tx:
            return list(tx.execute(kept_events(usage_event, EVENT_ID.label("event_id"))).all())

    def open_holds(self) -> int:
        with self.world.env.db.read() as tx:
            return tx.scalar(select(func.count()).select_from(hold).where(hold.c.state == "open")) or 0

    def set_time(self, instant: datetime) -> None:
        self.world.clock.set(instant)


@contextmanager
def open_desk(db: Database, box: Box | None = None, catalogue: str = "makalah") -> Iterator[Desk]:
    with open_world(db, box, catalogue) as world:
        customer = known_as(world, world.customer(), USER)
        with runtime.use(with_secret(world)), served() as url:
            yield Desk(url, world, customer, Road())


@contextmanager
def served(app: Callable[[], Any] = lambda: wrap(build())) -> Iterator[str]:
    listener, port = free_port()
    with serving(app(), listener):
        yield f"http://127.0.0.1:{port}"


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    """What a billing desk in trouble answers."""
    body = {"type": "about:blank", "title": "later", "status": status, "code": code, "facts": {}, "request_id": "req_1"}
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): each for name, each in headers.items()})

"""The postman: tells the app what happened, at once and then by Xendit's documented retry times."""

import asyncio
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import httpx

from billing_ui.sandbox.agenda import Agenda
from billing_ui.sandbox.books import Books
from billing_ui.sandbox.clock import Clock
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.state import Delivery, Event
from billing_ui.sandbox.switches import Switches

RETRIES_AFTER = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 180, 360, 720, 1440))
ANSWER_WITHIN_S = 30.0
_OVERTAKEN_WITHIN = timedelta(seconds=2)


class Postman:
    """Delivers events over real sockets; a delivery counts when the app answers 2xx within 30 seconds."""

    def __init__(self, settings: Settings, clock: Clock, agenda: Agenda, switches: Switches, books: Books) -> None:
        self._settings = settings
        self._clock = clock
        self._agenda = agenda
        self._switches = switches
        self._books = books
        self._held: list[tuple[Event, int]] = []
        self._unheard: dict[str, Event] = {}
        self._overtaken: tuple[Event, int] | None = None
        # No kept connections: one the app closed meanwhile would look like a refusal, and the next try is far away.
        self._http = httpx.AsyncClient(
            timeout=ANSWER_WITHIN_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def tell(self, event: Event, times: int = 1) -> None:
        """As the switches stand: now, later, in another order, or never."""
        self._books.events[event.id] = event
        copies = times * self._switches.copies
        if self._switches.webhooks == "drop":
            return
        if self._switches.webhooks == "hold":
            self._held.append((event, copies))
        elif self._switches.reorder and self._overtaken is None:
            self._overtaken = (event, copies)
            self._agenda.at(self._clock() + _OVERTAKEN_WITHIN, self._let_pass)
        else:
            await self.send(event, copies)
            await self._let_pass()

    async def send(self, event: Event, copies: int = 1) -> bool:
        """All copies at once; when none is accepted the event goes on the list of retries."""
        accepted = any(await asyncio.gather(*(self._deliver(event) for _ in range(copies))))
        if accepted:
            self._unheard.pop(event.id, None)
        elif event.id not in self._unheard:
            self._unheard[event.id] = event
            self._retry_later(event, 0)
        return accepted

    def held(self) -> list[Event]:
        return [event for event, _ in self._held]

    def unheard(self) -> list[Event]:
        """Told at least once and not accepted yet; each has a retry on the agenda until the last one is used up."""
        return list(self._unheard.values())

    async def let_go(self) -> int:
        """Everything that was held goes out, one after the other."""
        held, self._held = self._held, []
        for event, copies in held:
            await self.send(event, copies)
        return len(held)

    async def tell_again(self, events: Iterable[Event]) -> list[bool]:
        """In exactly this order, each answered before the next: the dashboard's "resend"."""
        again = list(events)
        ids = {event.id for event in again}
        self._held = [(event, copies) for event, copies in self._held if event.id not in ids]
        return [await self.send(event) for event in again]

    def forget(self) -> None:
        self._held, self._overtaken = [], None
        self._unheard.clear()

    async def warm(self) -> None:
        """The HTTP client loads half of itself with its first call; that must not be somebody's payment."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            await self._http.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    async def close(self) -> None:
        await self._http.aclose()

    async def _let_pass(self) -> None:
        waiting, self._overtaken = self._overtaken, None
        if waiting is not None:
            await self.send(*waiting)

    def _retry_later(self, event: Event, attempt: int) -> None:
        if attempt < len(RETRIES_AFTER):
            self._agenda.at(event.created + RETRIES_AFTER[attempt], partial(self._retry, event, attempt))

    async def _retry(self, event: Event, attempt: int) -> None:
        if event.id not in self._unheard:
            return
        # While nothing is let out, the time of a retry passes like one that was not answered.
        if self._switches.webhooks == "deliver" and await self._deliver(event):
            self._unheard.pop(event.id, None)
        else:
            self._retry_later(event, attempt + 1)

    async def _deliver(self, event: Event) -> bool:
        delivery = Delivery(event.kind, event.id, self._clock())
        self._books.deliveries.append(delivery)
        if event.request is not None:
            event.request.deliveries.append(delivery)
        if self._switches.webhook_latency_ms:
            await asyncio.sleep(self._switches.webhook_latency_ms / 1000)
        begun = time.perf_counter()
        try:
            answer = await self._http.post(self._settings.webhook_url, content=event.body, headers=self._headers(event))
            delivery.status = answer.status_code
        except httpx.HTTPError as refusal:
            delivery.refusal = type(refusal).__name__
        delivery.ms = round((time.perf_counter() - begun) * 1000)
        return delivery.status is not None and 200 <= delivery.status < 300

    def _headers(self, event: Event) -> dict[str, str]:
        token = self._settings.callback_token
        return {
            "content-type": "application/json",
            "user-agent": "axios/1.7.9",
            "webhook-id": event.id,
            "x-callback-token": f"not-{token}" if self._switches.wrong_token else token,
        }

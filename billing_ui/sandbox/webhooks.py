"""The postman: tells the app what happened, at once and then by Xendit's documented retry times."""

import asyncio
import time
from datetime import timedelta

import httpx

from billing_ui.sandbox.agenda import Agenda
from billing_ui.sandbox.clock import Clock
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.state import Delivery, Event
from billing_ui.sandbox.switches import Switches

RETRIES_AFTER = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 180, 360, 720, 1440))
ANSWER_WITHIN_S = 30.0


class Postman:
    """Delivers events over real sockets; a delivery counts when the app answers 2xx within 30 seconds."""

    def __init__(self, settings: Settings, clock: Clock, agenda: Agenda, switches: Switches) -> None:
        self._settings = settings
        self._clock = clock
        self._agenda = agenda
        self._switches = switches
        # No kept connections: one the app closed meanwhile would look like a refusal, and the next try is far away.
        self._http = httpx.AsyncClient(
            timeout=ANSWER_WITHIN_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def tell(self, event: Event, times: int = 1) -> None:
        """All copies at once; when none is accepted the event goes on the list of retries."""
        accepted = await asyncio.gather(*(self._deliver(event) for _ in range(times)))
        if not any(accepted):
            self._retry_later(event, 0)

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

    def _retry_later(self, event: Event, attempt: int) -> None:
        if attempt >= len(RETRIES_AFTER):
            return

        async def retry() -> None:
            if not await self._deliver(event):
                self._retry_later(event, attempt + 1)

        self._agenda.at(event.created + RETRIES_AFTER[attempt], retry)

    async def _deliver(self, event: Event) -> bool:
        delivery = Delivery(event.kind, event.id, self._clock())
        event.request.deliveries.append(delivery)
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

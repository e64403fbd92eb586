"""Carries one webhook to the app over a real socket, and writes down what came of it."""

import asyncio
import time

import httpx

from billing_ui.sandbox.books import Books
from billing_ui.sandbox.clock import Clock
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.state import Delivery, Event
from billing_ui.sandbox.switches import Switches

ANSWER_WITHIN_S = 30.0


class Carrier:
    """A delivery counts when the app answers 2xx within 30 seconds."""

    def __init__(self, settings: Settings, clock: Clock, switches: Switches, books: Books) -> None:
        self._settings = settings
        self._clock = clock
        self._switches = switches
        self._books = books
        # No kept connections: one the app closed meanwhile would look like a refusal, and the next try is far away.
        self._http = httpx.AsyncClient(
            timeout=ANSWER_WITHIN_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def deliver(self, event: Event) -> bool:
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

    def _headers(self, event: Event) -> dict[str, str]:
        token = self._settings.callback_token
        return {
            "content-type": "application/json",
            "user-agent": "axios/1.7.9",
            "webhook-id": event.id,
            "x-callback-token": f"not-{token}" if self._switches.wrong_token else token,
        }

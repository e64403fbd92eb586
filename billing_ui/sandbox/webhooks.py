"""The postman: tells the app what happened, at once and then by Xendit's documented retry times."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from billing_ui.sandbox.agenda import Agenda
from billing_ui.sandbox.books import Books
from billing_ui.sandbox.carrier import Carrier
from billing_ui.sandbox.clock import Clock
from billing_ui.sandbox.state import Event
from billing_ui.sandbox.switches import Switches

RETRIES_AFTER = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 180, 360, 720, 1440))
_OVERTAKEN_WITHIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Fate:
    """What a scenario does to one webhook on its way."""

    lost: bool = False
    wait_s: float = 0.0
    again_s: float | None = None
    """A second copy: together with the first one, or so much later."""


class Postman:
    """Decides when and how often each event goes out; what nobody accepts is tried again."""

    def __init__(self, carrier: Carrier, clock: Clock, agenda: Agenda, switches: Switches, books: Books) -> None:
        self._carrier = carrier
        self._clock = clock
        self._agenda = agenda
        self._switches = switches
        self._books = books
        self._held: list[tuple[Event, int]] = []
        self._unheard: dict[str, Event] = {}
        self._overtaken: tuple[Event, int] | None = None
        self._delayed: dict[int, tuple[Event, int]] = {}
        self._parcels = 0
        self.fate: Callable[[Event], Fate] | None = None

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
            await self._on_its_way(event, copies, self.fate(event) if self.fate else Fate())
            await self._let_pass()

    async def send(self, event: Event, copies: int = 1) -> bool:
        """All copies at once; when none is accepted the event goes on the list of retries."""
        accepted = any(await asyncio.gather(*(self._carrier.deliver(event) for _ in range(copies))))
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

    async def hurry(self, at_once: int) -> None:
        """What is delayed or was not accepted yet goes out now; a retry that fails keeps its place on the agenda."""
        waiting, self._delayed = [*self._delayed.values(), *((event, 1) for event in self._unheard.values())], {}
        room = asyncio.Semaphore(at_once)

        async def go(event: Event, copies: int) -> None:
            async with room:
                await self.send(event, copies)

        await asyncio.gather(*(go(*each) for each in waiting))

    def forget(self) -> None:
        self._held, self._overtaken, self._delayed, self.fate = [], None, {}, None
        self._unheard.clear()

    async def _on_its_way(self, event: Event, copies: int, fate: Fate) -> None:
        if fate.lost:
            return
        if fate.again_s == 0:
            copies *= 2
        elif fate.again_s is not None:
            self._delay(event, copies, fate.again_s)
        if fate.wait_s:
            self._delay(event, copies, fate.wait_s)
        else:
            await self.send(event, copies)

    def _delay(self, event: Event, copies: int, seconds: float) -> None:
        self._parcels += 1
        number = self._parcels

        async def arrive() -> None:
            if (parcel := self._delayed.pop(number, None)) is not None:
                await self.send(*parcel)

        self._delayed[number] = (event, copies)
        self._agenda.at(self._clock() + timedelta(seconds=seconds), arrive)

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
        if self._switches.webhooks == "deliver" and await self._carrier.deliver(event):
            self._unheard.pop(event.id, None)
        else:
            self._retry_later(event, attempt + 1)

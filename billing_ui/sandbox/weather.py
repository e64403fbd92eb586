"""The control API for what happens to everybody: the clock, faults, switches, and the webhooks under way."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import canned
from billing_ui.sandbox.bodies import BodyError, read_object
from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.control import doors
from billing_ui.sandbox.faults import read_fault
from billing_ui.sandbox.state import Event
from billing_ui.sandbox.switches import SwitchError
from billing_ui.sandbox.world import World

LONGEST_STEP_S = 400 * 86_400


class Weather:
    def __init__(self, world: World) -> None:
        self._world = world

    async def clock(self, request: Request) -> Response:
        """Answers when everything that fell due on the way is done."""
        del request
        return JSONResponse(self._time())

    async def advance(self, request: Request) -> Response:
        begun = await self._world.agenda.advance(timedelta(seconds=read_step(await read_object(request))))
        return JSONResponse({**self._time(), "fired": begun})

    async def faults(self, request: Request) -> Response:
        if request.method == "POST":
            self._world.faults.add(read_fault(await read_object(request)))
        if request.method == "DELETE":
            self._world.faults.clear()
        return JSONResponse({"faults": self._world.faults.view()})

    async def switches(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self._world.switches.set(await read_object(request))
            except SwitchError as bad:
                raise BodyError(str(bad)) from bad
        return JSONResponse(self._world.switches.view())

    async def modes(self, request: Request) -> Response:
        if request.method == "POST":
            self._world.modes.set(await read_object(request))
        return JSONResponse(self._world.modes.view())

    async def webhooks(self, request: Request) -> Response:
        del request
        postman = self._world.postman
        return JSONResponse({"held": _listed(postman.held()), "unheard": _listed(postman.unheard())})

    async def deliver(self, request: Request) -> Response:
        """The held ones in the order they happened, or any events that ever happened in the order they are named."""
        body = await read_object(request)
        if body.keys() - {"event_ids"}:
            raise BodyError("only event_ids may be said")
        if "event_ids" not in body:
            return JSONResponse({"delivered": await self._world.postman.let_go()})
        ids = body["event_ids"]
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise BodyError("event_ids must be a list of event ids")
        unknown = [each for each in ids if each not in self._world.books.events]
        if unknown:
            raise BodyError(f"there is no event {unknown[0]!r}")
        accepted = await self._world.postman.tell_again(self._world.books.events[each] for each in ids)
        return JSONResponse({"delivered": sum(accepted)})

    async def test(self, request: Request) -> Response:
        """The dashboard's "Test & Save": the URL may be kept when the answer is 2xx."""
        event = canned.event(self._world, (await read_object(request)).get("topic", "payment"))
        accepted = await self._world.postman.send(event)
        told = next(each for each in reversed(self._world.books.deliveries) if each.event_id == event.id)
        return JSONResponse({"event": event.kind, "event_id": event.id, "saved": accepted, "status": told.status})

    def _time(self) -> dict[str, object]:
        due = self._world.agenda.next_due
        return {
            "now": wire_time(self._world.clock()),
            "ahead_s": self._world.clock.ahead_s,
            "next_due": wire_time(due) if due else None,
        }


def read_step(body: dict[str, object]) -> float:
    step = body.get("advance_s")
    if body.keys() != {"advance_s"} or isinstance(step, bool) or not isinstance(step, int | float):
        raise BodyError("advance_s, a number of seconds, is all there is to say")
    if not 0 <= step <= LONGEST_STEP_S:
        raise BodyError(f"advance_s must be from 0 to {LONGEST_STEP_S}")
    return float(step)


def _listed(events: list[Event]) -> list[dict[str, str]]:
    return [
        {"event": event.kind, "event_id": event.id, "reference": event.request.reference if event.request else ""}
        for event in events
    ]


def routes(world: World) -> list[Route]:
    weather = Weather(world)
    table = [
        ("GET", "/clock", weather.clock),
        ("POST", "/clock", weather.advance),
        ("GET", "/faults", weather.faults),
        ("POST", "/faults", weather.faults),
        ("DELETE", "/faults", weather.faults),
        ("GET", "/switches", weather.switches),
        ("POST", "/switches", weather.switches),
        ("GET", "/modes", weather.modes),
        ("POST", "/modes", weather.modes),
        ("GET", "/webhooks", weather.webhooks),
        ("POST", "/webhooks/deliver", weather.deliver),
        ("POST", "/webhooks/test", weather.test),
    ]
    return doors(table)

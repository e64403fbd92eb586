"""The control API of scenarios: a bad day begins, tells what was really paid, and ends."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox.bad_day_play import BadDay
from billing_ui.sandbox.bad_day_wish import read_plan
from billing_ui.sandbox.bodies import read_object
from billing_ui.sandbox.control import UnknownReferenceError, plainly
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.world import World

Endpoint = Callable[[Request], Awaitable[Response]]


class Scenarios:
    def __init__(self, world: World) -> None:
        self._world = world

    async def begin(self, request: Request) -> Response:
        plan = read_plan(await read_object(request))
        if self._world.scene.day is not None:
            raise NotPayableError("a bad day is on already: end it first")
        day = BadDay(self._world, plan)
        day.begin()
        return JSONResponse(day.report(), 201)

    async def read(self, request: Request) -> Response:
        del request
        if self._world.scene.last is None:
            raise UnknownReferenceError("there was no bad day yet")
        return JSONResponse(self._world.scene.last.report())

    async def end(self, request: Request) -> Response:
        """Answers when every webhook that was not lost has been tried."""
        if self._world.scene.day is not None:
            await self._world.scene.day.end()
        return await self.read(request)


def routes(world: World) -> list[Route]:
    scenarios = Scenarios(world)
    table: list[tuple[str, Endpoint]] = [
        ("POST", scenarios.begin),
        ("GET", scenarios.read),
        ("DELETE", scenarios.end),
    ]
    return [Route("/scenarios/bad-day", plainly(endpoint), methods=[verb]) for verb, endpoint in table]

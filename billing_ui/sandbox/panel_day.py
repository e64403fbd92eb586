"""The bad day on the panel: begin it, watch what happens, end it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_ui.sandbox.bad_day import FAULT_RATES, GHOSTS, PAYER_RATES, WEBHOOK_RATES
from billing_ui.sandbox.bad_day_play import BadDay
from billing_ui.sandbox.bad_day_wish import read_plan
from billing_ui.sandbox.bodies import BodyError, read_fields, typed_number
from billing_ui.sandbox.look import Look
from billing_ui.sandbox.world import World

_SHOWN = 50
_RATES = {**WEBHOOK_RATES, **PAYER_RATES, "ghosts": GHOSTS}


class DayPage:
    def __init__(self, world: World) -> None:
        self._world = world
        self._look = Look(world.settings)

    async def show(self, request: Request, *, wrong: str = "") -> Response:
        last = self._world.scene.last
        day = last.report() if last else None
        return self._look.page(
            request,
            "day.html",
            status=400 if wrong else 200,
            here="/bad-day",
            day=day,
            truth=day["truth"][: -_SHOWN - 1 : -1] if day else [],
            rates={name: round(rate * 100) for name, rate in _RATES.items()},
            faults={name: round(rate * 100) for name, rate in FAULT_RATES.items()},
            wrong=wrong,
        )

    async def begin(self, request: Request) -> Response:
        form = await read_fields(request)
        try:
            plan = read_plan(_wish(form))
        except BodyError as bad:
            return await self.show(request, wrong=str(bad))
        if self._world.scene.day is None:
            BadDay(self._world, plan).begin()
        return self._look.see(request, "/bad-day")

    async def end(self, request: Request) -> Response:
        if self._world.scene.day is not None:
            await self._world.scene.day.end()
        return self._look.see(request, "/bad-day")


def routes(world: World) -> list[Route]:
    page = DayPage(world)
    return [
        Route("/bad-day", page.show),
        Route("/bad-day/begin", page.begin, methods=["POST"]),
        Route("/bad-day/end", page.end, methods=["POST"]),
    ]


def _wish(form: dict[str, str]) -> dict[str, Any]:
    """People say percent."""
    return {
        "seed": typed_number(form, "seed", 1),
        "payers": "payers" in form,
        "rates": {name: _percent(form, name, rate) for name, rate in _RATES.items()},
        "faults": {name: _percent(form, name, rate) for name, rate in FAULT_RATES.items()},
    }


def _percent(form: dict[str, str], name: str, usual: float) -> object:
    said = typed_number(form, f"rate_{name}", None)
    return usual if said is None else said / 100 if isinstance(said, int) else said

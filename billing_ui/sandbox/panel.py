"""The panel on which a person moves the clock and breaks things. Plain HTML, no scripts."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_ui.sandbox import canned
from billing_ui.sandbox.bodies import BodyError, read_fields, read_form, typed_number
from billing_ui.sandbox.channels import CHANNELS
from billing_ui.sandbox.faults import ANY, CALLS, FAULTS, read_fault
from billing_ui.sandbox.look import Look
from billing_ui.sandbox.modes import CHOICES, Modes
from billing_ui.sandbox.switches import WEBHOOKS, SwitchError
from billing_ui.sandbox.weather import read_step
from billing_ui.sandbox.world import World

_SHOWN = 100
SAID = frozenset({"saved", "reset_done", "moved", "fault_ordered", "faults_gone", "let_go", "tested", "test_refused"})
STEPS = (900, 3_600, 86_400)


class Panel:
    def __init__(self, world: World) -> None:
        self._world = world
        self._look = Look(world.settings)

    async def show(self, request: Request, *, wrong: str = "") -> Response:
        world, said = self._world, request.query_params.get("said", "")
        return self._look.page(
            request,
            "panel.html",
            status=400 if wrong else 200,
            here="/",
            requests=world.books.newest_first()[:_SHOWN],
            deliveries=world.books.deliveries[: -_SHOWN - 1 : -1],
            now=world.clock(),
            ahead=timedelta(seconds=world.clock.ahead_s),
            next_due=world.agenda.next_due,
            steps=STEPS,
            switches=world.switches.view(),
            modes=world.modes.view(),
            choices=CHOICES,
            is_other_mode=world.modes != Modes(),
            checkouts=list(reversed(world.books.checkouts.values()))[:_SHOWN],
            ways=WEBHOOKS,
            held=len(world.postman.held()),
            unheard=len(world.postman.unheard()),
            channels=CHANNELS.values(),
            faults=FAULTS,
            calls=CALLS,
            any_call=ANY,
            ordered=world.faults.view(),
            said=said if said in SAID else "",
            wrong=wrong,
        )

    async def switches(self, request: Request) -> Response:
        lists = await read_form(request)
        form = {name: values[0] for name, values in lists.items()}
        try:
            self._world.switches.set(
                {
                    "webhooks": form.get("webhooks", "deliver"),
                    "copies": typed_number(form, "copies", 1),
                    "reorder": "reorder" in form,
                    "wrong_token": "wrong_token" in form,
                    "webhook_latency_ms": typed_number(form, "webhook_latency_ms", 0),
                    "channels_down": lists.get("channels_down", []),
                }
            )
        except SwitchError as bad:
            return await self.show(request, wrong=str(bad))
        return self._look.see(request, "/", said="saved")

    async def modes(self, request: Request) -> Response:
        form = await read_fields(request)
        wish = {name: form.get(name, "") for name in CHOICES}
        try:
            self._world.modes.set({**wish, "request_events": "request_events" in form})
        except BodyError as bad:
            return await self.show(request, wrong=str(bad))
        return self._look.see(request, "/", said="saved")

    async def test(self, request: Request) -> Response:
        accepted = await self._world.postman.send(canned.event(self._world, "payment"))
        return self._look.see(request, "/", said="tested" if accepted else "test_refused")

    async def clock(self, request: Request) -> Response:
        form = await read_fields(request)
        try:
            step = read_step({"advance_s": typed_number(form, "advance_s", 0)})
        except BodyError as bad:
            return await self.show(request, wrong=str(bad))
        await self._world.agenda.advance(timedelta(seconds=step))
        return self._look.see(request, "/", said="moved")

    async def faults(self, request: Request) -> Response:
        form = await read_fields(request)
        gateway, _, call = form.get("call", "").partition(".")
        wish: dict[str, object] = {"gateway": gateway, "call": call, "fault": form.get("fault", "")}
        wish["times"] = None if "always" in form else typed_number(form, "times", 1)
        if form.get("ms"):
            wish["ms"] = typed_number(form, "ms", 0)
        try:
            self._world.faults.add(read_fault(wish))
        except BodyError as bad:
            return await self.show(request, wrong=str(bad))
        return self._look.see(request, "/", said="fault_ordered")

    async def no_faults(self, request: Request) -> Response:
        self._world.faults.clear()
        return self._look.see(request, "/", said="faults_gone")

    async def let_go(self, request: Request) -> Response:
        await self._world.postman.let_go()
        return self._look.see(request, "/", said="let_go")

    async def reset(self, request: Request) -> Response:
        self._world.reset()
        return self._look.see(request, "/", said="reset_done")


def routes(world: World) -> list[Route]:
    panel = Panel(world)
    return [
        Route("/", panel.show),
        Route("/switches", panel.switches, methods=["POST"]),
        Route("/clock", panel.clock, methods=["POST"]),
        Route("/faults", panel.faults, methods=["POST"]),
        Route("/faults/clear", panel.no_faults, methods=["POST"]),
        Route("/modes", panel.modes, methods=["POST"]),
        Route("/webhooks/test", panel.test, methods=["POST"]),
        Route("/webhooks/deliver", panel.let_go, methods=["POST"]),
        Route("/reset", panel.reset, methods=["POST"]),
    ]

"""One payment request on the panel: what came of it, refunds and disputes, and each of its notices once more."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_ui.sandbox import acts, disputes, refunds, wishes
from billing_ui.sandbox.bodies import BodyError, read_fields, typed_number
from billing_ui.sandbox.look import Look
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.state import PaymentRequest
from billing_ui.sandbox.world import World

SAID = frozenset({"refunded", "dispute_moved", "told_again"})
OUTCOMES = ("succeeded", "failed", "pending")


class RequestPage:
    def __init__(self, world: World) -> None:
        self._world = world
        self._look = Look(world.settings)

    async def show(self, request: Request, *, wrong: str = "") -> Response:
        found = self._world.books.requests.get(request.path_params["id"])
        if found is None:
            return self._look.see(request, "/")
        books, said = self._world.books, request.query_params.get("said", "")
        return self._look.page(
            request,
            "request.html",
            status=409 if wrong else 200,
            here="/",
            request=found,
            left={payment.id: refunds.left(self._world, payment) for payment in found.payments},
            refunds=[refund for refund in books.refunds.values() if refund.request_id == found.id],
            disputes=[each for each in books.disputes.values() if each.payment_id in {p.id for p in found.payments}],
            is_paid=any(payment.status == "SUCCEEDED" for payment in found.payments),
            is_refundable=found.channel.code in refunds.TERMS,
            outcomes=OUTCOMES,
            acts=disputes.ACTS,
            events=[event for event in books.events.values() if event.request is found],
            heard={told.event_id for told in found.deliveries if told.status and 200 <= told.status < 300},
            said=said if said in SAID else "",
            wrong=wrong,
        )

    async def act(self, request: Request) -> Response:
        found = self._world.books.requests.get(request.path_params["id"])
        act = request.path_params["act"]
        if found is None or act not in {"refund", "dispute", "tell"}:
            return self._look.see(request, "/")
        form = await read_fields(request)
        try:
            said = await self._do(found, act, form)
        except (BodyError, NotPayableError, RefusedError) as reason:
            return await self.show(request, wrong=str(reason))
        return self._look.see(request, f"/requests/{found.id}", said=said)

    async def _do(self, found: PaymentRequest, act: str, form: dict[str, str]) -> str:
        amount = typed_number(form, "amount", None)
        if act == "refund":
            wish = {"outcome": form.get("outcome", ""), "amount": amount}
            await acts.refund(self._world, found, wishes.read_refund(wish))
            return "refunded"
        if act == "dispute":
            if (move := form.get("act", "")) not in disputes.ACTS:
                raise BodyError(f"act must be one of {', '.join(disputes.ACTS)}")
            await acts.announce(self._world, disputes.move(self._world, found, move))
            return "dispute_moved"
        event = self._world.books.events.get(form.get("event_id", ""))
        if event is None or event.request is not found:
            raise BodyError("there is no such notice")
        await self._world.postman.tell_again([event])
        return "told_again"


def routes(world: World) -> list[Route]:
    page = RequestPage(world)
    return [
        Route("/requests/{id}", page.show),
        Route("/requests/{id}/{act}", page.act, methods=["POST"]),
    ]

"""The control API for what may follow a payment: refunds, disputes, and the checkout pages of sessions and invoices."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import acts, checkouts, disputes, refunds, wire_checkout, wishes
from billing_ui.sandbox.bodies import BodyError, read_object
from billing_ui.sandbox.control import Endpoint, UnknownReferenceError, doors, view
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.records import Checkout
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.wire_claims import refund_json
from billing_ui.sandbox.world import World


class Claims:
    def __init__(self, world: World) -> None:
        self._world = world

    async def refund(self, request: Request) -> Response:
        """A refund nobody of the app asked for, as support makes one on the dashboard."""
        wish = wishes.read_refund(await read_object(request))
        found = self._world.books.find(request.path_params["reference"])
        if found is None:
            raise UnknownReferenceError(f"no payment request has the reference {request.path_params['reference']}")
        await acts.refund(self._world, found, wish)
        return JSONResponse(view(self._world, found))

    async def settle(self, request: Request) -> Response:
        """How a refund ends that the app asked for while the mode said `pending`."""
        body = await read_object(request)
        found = self._world.books.refunds.get(request.path_params["id"])
        if found is None:
            raise UnknownReferenceError("no refund has that id")
        outcome = body.get("outcome", "succeeded")
        if outcome not in refunds.OUTCOMES or body.keys() - {"outcome", "code"}:
            raise BodyError(f"outcome must be one of {', '.join(refunds.OUTCOMES)}; code may be said too")
        if not found.is_open:
            raise NotPayableError(f"the refund is {found.status}")
        code = wishes.read_code(body.get("code", "REFUND_FAILED"))
        await acts.announce(self._world, refunds.settle(self._world, found, str(outcome), code))
        return JSONResponse(refund_json(found, self._world.books.requests[found.request_id]))

    async def dispute(self, request: Request) -> Response:
        body = await read_object(request)
        act, amount = body.get("act", "open"), body.get("amount")
        if act not in disputes.ACTS or body.keys() - {"act", "amount"}:
            raise BodyError(f"act must be one of {', '.join(disputes.ACTS)}; amount may be said too")
        found = self._world.books.find(request.path_params["reference"])
        if found is None:
            raise UnknownReferenceError(f"no payment request has the reference {request.path_params['reference']}")
        claimed = None if amount is None else wishes.read_whole("amount", amount, 1, 10**12)
        await acts.announce(self._world, disputes.move(self._world, found, str(act), claimed))
        return JSONResponse(view(self._world, found))

    async def checkout(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._checkout(request)))

    async def pay_checkout(self, request: Request) -> Response:
        body = await read_object(request)
        if body.keys() - {"channel", "amount"}:
            raise BodyError("only channel and amount may be said")
        found, amount = self._checkout(request), body.get("amount")
        paid = None if amount is None else wishes.read_whole("amount", amount, 1, 10**12)
        told = checkouts.pay(self._world, found, str(body.get("channel", "QRIS")), paid)
        await acts.announce(self._world, told)
        return JSONResponse(self._shown(found))

    async def expire_checkout(self, request: Request) -> Response:
        found = self._checkout(request)
        await acts.announce(self._world, checkouts.expire(self._world, found))
        return JSONResponse(self._shown(found))

    def _checkout(self, request: Request) -> Checkout:
        found = self._world.books.checkout(request.path_params["id"])
        if found is None:
            raise UnknownReferenceError("no session or invoice has that id or reference")
        return found

    def _shown(self, found: Checkout) -> dict[str, object]:
        shape = wire_checkout.session_json if found.kind == "session" else wire_checkout.invoice_json
        return shape(self._world.settings, found)


def routes(world: World) -> list[Route]:
    claims = Claims(world)
    table = [
        ("POST", "/payments/{reference}/refund", claims.refund),
        ("POST", "/payments/{reference}/dispute", claims.dispute),
        ("POST", "/refunds/{id}/settle", claims.settle),
        ("GET", "/checkouts/{id}", claims.checkout),
        ("POST", "/checkouts/{id}/pay", claims.pay_checkout),
        ("POST", "/checkouts/{id}/expire", claims.expire_checkout),
    ]
    return doors((verb, path, _not_allowed(endpoint)) for verb, path, endpoint in table)


def _not_allowed(endpoint: Endpoint) -> Endpoint:
    """What Xendit itself would refuse is no way to act here either."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RefusedError as refusal:
            raise NotPayableError(f"{refusal.code}: {refusal.message}") from refusal

    return answered

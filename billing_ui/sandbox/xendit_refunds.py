"""Xendit's refunds: asked for once per key, read back, listed, cancelled."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import refunds
from billing_ui.sandbox.bodies import read_object
from billing_ui.sandbox.records import Refund
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.wire_claims import refund_json
from billing_ui.sandbox.world import World
from billing_ui.sandbox.xendit_door import Door, invalid, once


class Refunds:
    def __init__(self, world: World) -> None:
        self._world = world

    async def ask(self, request: Request) -> Response:
        body = await read_object(request)
        return once(self._world, request, body, lambda: self._ask(body))

    async def read(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._refund(request)))

    async def everything(self, request: Request) -> Response:
        wanted = request.query_params.get("payment_request_id")
        found = [one for one in self._world.books.refunds.values() if wanted in {None, one.request_id}]
        return JSONResponse({"data": [self._shown(one) for one in found], "has_more": False})

    async def cancel(self, request: Request) -> Response:
        refund = self._refund(request)
        if not refund.is_open:
            raise RefusedError(400, "INELIGIBLE_TRANSACTION_STATUS", f"the refund is {refund.status}")
        refunds.settle(self._world, refund, "cancelled")
        return JSONResponse(self._shown(refund))

    def _ask(self, body: dict[str, object]) -> Response:
        wish = self._wish(body)
        refund = refunds.ask(self._world, wish)
        refunds.settle_by_mode(self._world, refund)
        return JSONResponse(self._shown(refund))

    def _wish(self, body: dict[str, object]) -> refunds.Wish:
        reason, metadata, amount = body.get("reason"), body.get("metadata"), body.get("amount")
        if reason not in refunds.REASONS:
            raise invalid(f"reason must be one of {', '.join(refunds.REASONS)}")
        if metadata is not None and not isinstance(metadata, dict):
            raise invalid("metadata must be an object")
        if body.get("currency", "IDR") != "IDR":
            raise invalid("currency must be IDR")
        if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int | float) or amount <= 0
                                   or amount != amount // 1):  # fmt: skip
            raise invalid("amount must be a whole number of rupiah above 0")
        checkout = self._world.books.checkouts.get(str(body.get("invoice_id", "")))
        request_id = body.get("payment_request_id") or (checkout.request_id if checkout else "")
        found = self._world.books.requests.get(str(request_id))
        if found is None:
            raise RefusedError(404, "DATA_NOT_FOUND", "payment request not found")
        reference = body.get("reference_id") or self._world.ids.uuid()
        if not isinstance(reference, str) or len(reference) > 255:
            raise invalid("reference_id must be a string of at most 255 characters")
        return refunds.Wish(found, reference, str(reason), None if amount is None else int(amount), metadata)

    def _refund(self, request: Request) -> Refund:
        found = self._world.books.refunds.get(request.path_params["id"])
        if found is None:
            raise RefusedError(404, "DATA_NOT_FOUND", "refund not found")
        return found

    def _shown(self, refund: Refund) -> dict[str, object]:
        return refund_json(refund, self._world.books.requests[refund.request_id])


def routes(world: World, door: Door) -> list[Route]:
    each = Refunds(world)

    return [
        door.route("refund", "POST", "/refunds", each.ask),
        door.route("refund_list", "GET", "/refunds", each.everything),
        door.route("refund_status", "GET", "/refunds/{id}", each.read),
        door.route("refund_cancel", "POST", "/refunds/{id}/cancel", each.cancel),
    ]

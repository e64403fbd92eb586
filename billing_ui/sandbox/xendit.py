"""Xendit's Payments API v3 on loopback: create, read, cancel, change, simulate, read back, balance."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import (
    acts,
    orders,
    payments,
    transactions,
    wire,
    xendit_checkouts,
    xendit_customers,
    xendit_refunds,
    xendit_v2,
)
from billing_ui.sandbox.bodies import read_object
from billing_ui.sandbox.channels import Channel
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.state import OPEN, PaymentRequest
from billing_ui.sandbox.world import World
from billing_ui.sandbox.xendit_door import Door

Endpoint = Callable[[Request], Awaitable[Response]]
_BALANCE = 1_000_000_000


class Xendit:
    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        """No idempotency key is documented for this call, so none is honoured: two calls are two payable requests."""
        order = orders.read_order(await read_object(request), self._world.clock())
        self._refuse_if_down(order.channel)
        return JSONResponse(wire.request_json(payments.create(self._world, order)), 201)

    async def read(self, request: Request) -> Response:
        return JSONResponse(wire.request_json(self._request(request)))

    async def cancel(self, request: Request) -> Response:
        found = self._request(request)
        self._refuse_if_closed(found)
        payments.cancel(self._world, found)
        return JSONResponse(wire.request_json(found))

    async def change(self, request: Request) -> Response:
        found = self._request(request)
        body = await read_object(request)
        self._refuse_if_closed(found)
        if not orders.is_bank(found.channel):
            raise RefusedError(400, "API_VALIDATION_ERROR", "only virtual accounts can be changed")
        properties = body.get("channel_properties") or {}
        if not isinstance(properties, dict):
            raise RefusedError(400, "API_VALIDATION_ERROR", "channel_properties must be an object")
        amount = orders.read_amount(body.get("request_amount"), found.channel, required=False)
        expires_at = orders.read_expiry(properties, found.channel, self._world.clock())
        found.amount = found.amount if amount is None else amount
        found.properties = {**found.properties, **properties}
        found.updated = self._world.clock()
        if expires_at is not None:
            found.expires_at = expires_at
            payments.watch_expiry(self._world, found)
        return JSONResponse(wire.request_json(found))

    async def simulate(self, request: Request) -> Response:
        """Xendit's own test call: says PENDING at once, the result comes by webhook."""
        found = self._request(request)
        body = await read_object(request)
        self._refuse_if_closed(found)
        amount = orders.read_amount(body.get("amount"), found.channel, required=False)
        if amount is None and found.amount is None:
            raise RefusedError(400, "API_VALIDATION_ERROR", "amount is required")
        acts.announce_later(self._world, payments.pay(self._world, found, amount=amount))
        message = "A simulated payment is on its way; its result arrives by webhook."
        return JSONResponse({"status": "PENDING", "message": message})

    async def payment(self, request: Request) -> Response:
        payment = self._world.books.payments.get(request.path_params["id"])
        if payment is None:
            raise RefusedError(404, "DATA_NOT_FOUND", "payment not found")
        found = self._world.books.requests[payment.request_id]
        return JSONResponse(wire.payment_json(payment, found))

    async def balance(self, request: Request) -> Response:
        del request
        books = self._world.books
        gone = sum(refund.amount for refund in books.refunds.values() if refund.takes_money)
        return JSONResponse({"balance": _BALANCE + sum(paid.amount for paid in books.payments.values()) - gone})

    def _request(self, request: Request) -> PaymentRequest:
        found = self._world.books.requests.get(request.path_params["id"])
        if found is None:
            raise RefusedError(404, "DATA_NOT_FOUND", "payment request not found")
        return found

    def _refuse_if_down(self, channel: Channel) -> None:
        if channel.code in self._world.switches.channels_down:
            raise RefusedError(503, "CHANNEL_UNAVAILABLE", f"{channel.code} is temporarily unavailable")

    @staticmethod
    def _refuse_if_closed(found: PaymentRequest) -> None:
        if found.status == "SUCCEEDED":
            raise RefusedError(400, "INELIGIBLE_TRANSACTION_STATUS", "the payment request has succeeded")
        if found.status not in OPEN:
            raise RefusedError(400, "INACTIVE_PAYMENT_REQUEST", f"the payment request is {found.status}")


def routes(world: World) -> list[Route]:
    xendit, door = Xendit(world), Door(world)
    one = "/v3/payment_requests/{id}"
    table: list[tuple[str, str, str, Endpoint]] = [
        ("create", "POST", "/v3/payment_requests", xendit.create),
        ("status", "GET", one, xendit.read),
        ("change", "PATCH", one, xendit.change),
        ("cancel", "POST", one + "/cancel", xendit.cancel),
        ("simulate", "POST", one + "/simulate", xendit.simulate),
        ("payment", "GET", "/v3/payments/{id}", xendit.payment),
    ]
    made = [door.route(call, verb, path, endpoint, versioned=True) for call, verb, path, endpoint in table]
    made.append(door.route("balance", "GET", "/balance", xendit.balance))
    made.append(transactions.route(world, door))
    for room in (xendit_refunds, xendit_checkouts, xendit_customers, xendit_v2):
        made += room.routes(world, door)
    return made

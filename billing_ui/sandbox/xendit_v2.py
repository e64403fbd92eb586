"""Xendit's Payments API v2, for apps that still speak it: create once per key, read, list by reference, simulate."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import orders, payments, wire_v2
from billing_ui.sandbox.acts import announce_later
from billing_ui.sandbox.bodies import read_object
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.state import PaymentRequest
from billing_ui.sandbox.world import World
from billing_ui.sandbox.xendit_door import Door, invalid, once

_BANKS = {"SAHABAT_SAMPOERNA": "BSS"}
_NEVER_THERE = frozenset({"GOPAY"})


class XenditV2:
    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        body = await read_object(request)
        return once(self._world, request, body, lambda: self._create(body))

    async def read(self, request: Request) -> Response:
        return JSONResponse(wire_v2.request_json(self._request(request)))

    async def everything(self, request: Request) -> Response:
        references, ids = request.query_params.getlist("reference_id"), request.query_params.getlist("id")
        found = [
            one
            for one in self._world.books.newest_first()
            if (not references or one.reference in references) and (not ids or one.id in ids)
        ]
        return JSONResponse({"data": [wire_v2.request_json(one) for one in found[:50]], "has_more": len(found) > 50})

    async def simulate(self, request: Request) -> Response:
        found = self._request(request)
        if not found.is_open:
            raise RefusedError(400, "INACTIVE_PAYMENT_REQUEST", f"the payment request is {found.status}")
        announce_later(self._world, payments.pay(self._world, found))
        return JSONResponse({"status": "PENDING", "message": "A simulated payment is on its way."})

    def _create(self, body: dict[str, Any]) -> Response:
        order = orders.read_order(_as_v3(body), self._world.clock())
        made = payments.create(self._world, order)
        made.api = "v2"
        return JSONResponse(wire_v2.request_json(made), 201)

    def _request(self, request: Request) -> PaymentRequest:
        found = self._world.books.requests.get(request.path_params["id"])
        if found is None:
            raise RefusedError(404, "DATA_NOT_FOUND", "payment request not found")
        return found


def _as_v3(body: dict[str, Any]) -> dict[str, Any]:
    """The same wish in the words of v3, so that both generations refuse the same things."""
    method = body.get("payment_method")
    if not isinstance(method, dict):
        raise invalid("payment_method is required")
    kind = str(method.get("type"))
    means = method.get(kind.lower()) or {}
    if not isinstance(means, dict):
        raise invalid(f"payment_method.{kind.lower()} must be an object")
    code = str(means.get("channel_code", ""))
    if kind == "QR_CODE":
        code = "QRIS"
    elif kind == "VIRTUAL_ACCOUNT":
        code = f"{_BANKS.get(code, code)}_VIRTUAL_ACCOUNT"
    elif kind != "EWALLET" or code in _NEVER_THERE:
        raise invalid(f"payment_method.type {kind} with channel_code {code} is not supported")
    return {
        **{name: value for name, value in body.items() if name != "payment_method" and value is not None},
        "type": "PAY",
        "country": body.get("country") or "ID",
        "request_amount": body.get("amount"),
        "channel_code": code,
        "channel_properties": means.get("channel_properties") or {},
    }


def routes(world: World, door: Door) -> list[Route]:
    v2 = XenditV2(world)

    return [
        door.route("v2_create", "POST", "/payment_requests", v2.create),
        door.route("v2_list", "GET", "/payment_requests", v2.everything),
        door.route("v2_status", "GET", "/payment_requests/{id}", v2.read),
        door.route("v2_simulate", "POST", "/payment_requests/{id}/payments/simulate", v2.simulate),
    ]

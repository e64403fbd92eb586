"""Xendit's customers: kept as they were sent, with every field its typed SDK insists on."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox.bodies import read_object
from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.world import World
from billing_ui.sandbox.xendit_door import Door, invalid, once

_FIELDS: dict[str, Any] = {
    "type": "INDIVIDUAL", "individual_detail": {}, "business_detail": {}, "description": None, "email": None,
    "mobile_number": None, "phone_number": None, "addresses": [], "identity_accounts": [], "kyc_documents": [],
    "metadata": {},
}  # fmt: skip


class Customers:
    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        body = await read_object(request)
        return once(self._world, request, body, lambda: self._create(body))

    async def read(self, request: Request) -> Response:
        found = self._world.books.customers.get(request.path_params["id"])
        if found is None:
            raise RefusedError(404, "DATA_NOT_FOUND", "customer not found")
        return JSONResponse(found)

    async def everything(self, request: Request) -> Response:
        wanted = request.query_params.get("reference_id")
        found = [each for each in self._world.books.customers.values() if wanted in {None, each["reference_id"]}]
        return JSONResponse({"data": found, "has_more": False})

    def _create(self, body: dict[str, Any]) -> Response:
        reference = body.get("reference_id")
        if not isinstance(reference, str) or not 1 <= len(reference) <= 255:
            raise invalid("reference_id must be a string of 1 to 255 characters")
        if any(each["reference_id"] == reference for each in self._world.books.customers.values()):
            raise RefusedError(409, "DUPLICATE_ERROR", "a customer of that reference exists")
        now = wire_time(self._world.clock())
        sent = {name: body[name] for name in _FIELDS if body.get(name) is not None}
        made = {"id": f"cust-{self._world.ids.uuid()}", "reference_id": reference, **_FIELDS, **sent}
        made |= {"status": "ACTIVE", "created": now, "updated": now}
        self._world.books.customers[made["id"]] = made
        return JSONResponse(made, 201)


def routes(world: World, door: Door) -> list[Route]:
    each = Customers(world)
    return [
        door.route("customer", "POST", "/customers", each.create),
        door.route("customer_list", "GET", "/customers", each.everything),
        door.route("customer_status", "GET", "/customers/{id}", each.read),
    ]

"""Xendit's payment sessions and invoices: pages on which the payer chooses how to pay."""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import checkouts, wire_checkout
from billing_ui.sandbox.acts import announce_later
from billing_ui.sandbox.bodies import read_object
from billing_ui.sandbox.channels import CHANNELS
from billing_ui.sandbox.clock import parse_time
from billing_ui.sandbox.records import Checkout
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.wire_v2 import channel_code
from billing_ui.sandbox.world import World
from billing_ui.sandbox.xendit_door import Door, invalid

_SESSION_NEEDS = ("reference_id", "session_type", "mode", "amount", "currency", "country")
_SESSION_KEEPS = ("session_type", "mode", "description", "metadata", "locale", "success_return_url",
                  "cancel_return_url", "customer_id", "allow_save_payment_method")  # fmt: skip
_INVOICE_KEEPS = ("payer_email", "description", "metadata", "success_redirect_url", "failure_redirect_url", "items",
                  "fees", "locale")  # fmt: skip
_SESSION_LIVES, _INVOICE_LIVES = timedelta(minutes=30), timedelta(days=1)
_LARGEST = 10**12


class Checkouts:
    def __init__(self, world: World) -> None:
        self._world = world

    async def open_session(self, request: Request) -> Response:
        body = await read_object(request)
        for name in _SESSION_NEEDS:
            if name not in body:
                raise invalid(f"{name} is required")
        if body["session_type"] not in {"PAY", "SAVE"} or body["mode"] not in {"PAYMENT_LINK", "COMPONENTS"}:
            raise invalid("session_type must be PAY or SAVE, mode PAYMENT_LINK or COMPONENTS")
        if (body["country"], body["currency"]) != ("ID", "IDR"):
            raise invalid("country must be ID and currency must be IDR")
        session_id = f"ps-{self._world.ids.hex24()}"
        wanted = body.get("allowed_payment_channels")
        now = self._world.clock()
        made = self._open("session", session_id, body["reference_id"], body, _SESSION_KEEPS, wanted)
        made.expires_at = _moment(body.get("expires_at"), now) or now + _SESSION_LIVES
        checkouts.open_one(self._world, made)
        return JSONResponse(wire_checkout.session_json(self._world.settings, made), 201)

    async def session(self, request: Request) -> Response:
        return JSONResponse(wire_checkout.session_json(self._world.settings, self._find(request, "session")))

    async def cancel_session(self, request: Request) -> Response:
        found = self._find(request, "session")
        if not found.is_open:
            raise RefusedError(400, "INELIGIBLE_TRANSACTION_STATUS", f"the session is {found.status}")
        checkouts.cancel(self._world, found)
        return JSONResponse(wire_checkout.session_json(self._world.settings, found))

    async def open_invoice(self, request: Request) -> Response:
        body = await read_object(request)
        if body.get("currency", "IDR") != "IDR":
            raise invalid("currency must be IDR")
        seconds = body.get("invoice_duration") or _INVOICE_LIVES.total_seconds()
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 1 <= seconds <= 31_536_000:
            raise invalid("invoice_duration must be a number of seconds up to a year")
        wanted = body.get("payment_methods")
        made = self._open(
            "invoice", self._world.ids.hex24(), body.get("external_id"), body, _INVOICE_KEEPS, wanted
        )  # fmt: skip
        made.expires_at = made.created + timedelta(seconds=seconds)
        checkouts.open_one(self._world, made)
        return JSONResponse(wire_checkout.invoice_json(self._world.settings, made))

    async def invoice(self, request: Request) -> Response:
        return JSONResponse(wire_checkout.invoice_json(self._world.settings, self._find(request, "invoice")))

    async def invoices(self, request: Request) -> Response:
        wanted = request.query_params.get("external_id")
        found = [one for one in reversed(self._world.books.checkouts.values()) if one.kind == "invoice"]
        chosen = [one for one in found if wanted in {None, one.reference}]
        return JSONResponse([wire_checkout.invoice_json(self._world.settings, one) for one in chosen[:50]])

    async def expire_invoice(self, request: Request) -> Response:
        found = self._find(request, "invoice")
        if not found.is_open:
            raise RefusedError(400, "INVOICE_NOT_ACTIVE", f"the invoice is {found.status}")
        announce_later(self._world, checkouts.expire(self._world, found))
        return JSONResponse(wire_checkout.invoice_json(self._world.settings, found))

    def _open(
        self, kind: str, name: str, reference: object, body: dict[str, Any], kept: tuple[str, ...], wanted: object
    ) -> Checkout:
        amount = body.get("amount")
        if not isinstance(reference, str) or not 1 <= len(reference) <= 255:
            raise invalid("a reference of 1 to 255 characters is required")
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not 1 <= amount <= _LARGEST:
            raise invalid("amount must be a number of rupiah")
        if amount != amount // 1:
            raise invalid("amount must be a whole number of rupiah")
        now = self._world.clock()
        extras = {field: body[field] for field in kept if body.get(field) is not None}
        status = "ACTIVE" if kind == "session" else "PENDING"
        return Checkout(kind, name, reference, int(amount), extras, now, now, now, status, _channels(wanted, amount))

    def _find(self, request: Request, kind: str) -> Checkout:
        found = self._world.books.checkouts.get(request.path_params["id"])
        if found is None or found.kind != kind:
            raise RefusedError(404, "DATA_NOT_FOUND", f"{kind} not found")
        return found


def _channels(wanted: object, amount: float) -> tuple[str, ...]:
    """Those that were allowed, by their v3 or bare names, and that take the amount; all of them when none is named."""
    if wanted is not None and not isinstance(wanted, list):
        raise invalid("the channels must be a list")
    fitting = [channel for channel in CHANNELS.values() if channel.minimum <= amount <= channel.maximum]
    names = {str(each) for each in wanted or []}
    return tuple(each.code for each in fitting if not names or names & {each.code, channel_code(each)})


def _moment(value: object, now: datetime) -> datetime | None:
    if value is None:
        return None
    moment = parse_time(value) if isinstance(value, str) else None
    if moment is None or moment <= now:
        raise invalid("expires_at must be an ISO 8601 time in the future")
    return moment


def routes(world: World, door: Door) -> list[Route]:
    each = Checkouts(world)

    return [
        door.route("session", "POST", "/sessions", each.open_session),
        door.route("session_status", "GET", "/sessions/{id}", each.session),
        door.route("session_cancel", "POST", "/sessions/{id}/cancel", each.cancel_session),
        door.route("invoice", "POST", "/v2/invoices/", each.open_invoice),
        door.route("invoice_list", "GET", "/v2/invoices", each.invoices),
        door.route("invoice_status", "GET", "/v2/invoices/{id}", each.invoice),
        door.route("invoice_expire", "POST", "/invoices/{id}/expire!", each.expire_invoice),
    ]

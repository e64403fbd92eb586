"""The control API for one payment at a time: what a test does instead of a person with a phone."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import acts, mails, wishes
from billing_ui.sandbox.bodies import BodyError, read_object
from billing_ui.sandbox.clock import parse_time, wire_time
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.state import Mail, PaymentRequest
from billing_ui.sandbox.world import World

SCHEMA = 1
Endpoint = Callable[[Request], Awaitable[Response]]


class UnknownReferenceError(Exception):
    """No request of that reference."""


class Control:
    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, request: Request) -> Response:
        return JSONResponse(view(self._world, self._find(request)))

    async def everything(self, request: Request) -> Response:
        """The state as a whole, newest first."""
        del request
        return JSONResponse({"payments": [view(self._world, each) for each in self._world.books.newest_first()]})

    async def pay(self, request: Request) -> Response:
        options = wishes.read_pay(await read_object(request))
        found = self._find(request, late=options.after_expiry)
        await acts.pay(self._world, found, options)
        return JSONResponse(view(self._world, found))

    async def fail(self, request: Request) -> Response:
        options = wishes.read_fail(await read_object(request))
        found = self._find(request)
        await acts.fail(self._world, found, options)
        return JSONResponse(view(self._world, found))

    async def expire(self, request: Request) -> Response:
        found = self._find(request)
        await acts.expire(self._world, found)
        return JSONResponse(view(self._world, found))

    async def inbox(self, request: Request) -> Response:
        wanted = request.query_params.get("to", "").lower()
        found = self._after(request.query_params.get("after", ""))
        chosen = [mail for mail in found if not wanted or any(wanted in to.lower() for to in mail.to)]
        return JSONResponse({"messages": [mails.shown(mail) for mail in reversed(chosen)]})

    async def health(self, request: Request) -> Response:
        del request
        return JSONResponse({"ok": True, "schema": SCHEMA, "now": wire_time(self._world.clock())})

    async def reset(self, request: Request) -> Response:
        del request
        self._world.reset()
        return JSONResponse({"ok": True})

    def _find(self, request: Request, *, late: bool = False) -> PaymentRequest:
        reference = request.path_params["reference"]
        found = self._world.books.find(reference, late=late)
        if found is None:
            raise UnknownReferenceError(f"no payment request has the reference {reference}")
        return found

    def _after(self, mark: str) -> list[Mail]:
        """`after` is the id of a message already seen, or an instant (ISO 8601 or Unix seconds)."""
        kept = self._world.books.mails
        if not mark:
            return kept
        for index, mail in enumerate(kept):
            if mail.id == mark:
                return kept[index + 1 :]
        moment = _moment(mark)
        if moment is None:
            raise BodyError("after must be a message id or a time")
        return [mail for mail in kept if mail.sent_at > moment]


def view(world: World, found: PaymentRequest) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "gateway": "xendit",
        "method": found.channel.code,
        "amount": found.amount,
        "currency": "IDR",
        "status": found.status,
        "payment_ids": [payment.id for payment in found.payments],
        "refunds": [
            {"id": refund.id, "status": refund.status, "amount": refund.amount, "payment_id": refund.payment_id}
            for refund in world.books.refunds.values()
            if refund.request_id == found.id
        ],
        "disputes": [
            {"id": dispute.id, "status": dispute.status, "amount": dispute.amount, "payment_id": dispute.payment_id}
            for dispute in world.books.disputes.values()
            if dispute.payment_id in {payment.id for payment in found.payments}
        ],
        "deliveries": [
            {"event": told.event, "event_id": told.event_id, "status": told.status, "ms": told.ms}
            for told in found.deliveries
        ],
    }


def routes(world: World) -> list[Route]:
    control = Control(world)
    one = "/payments/{reference}"
    table = [
        ("GET", "/payments", control.everything),
        ("GET", one, control.read),
        ("POST", one + "/pay", control.pay),
        ("POST", one + "/fail", control.fail),
        ("POST", one + "/expire", control.expire),
        ("GET", "/inbox", control.inbox),
        ("GET", "/health", control.health),
        ("POST", "/reset", control.reset),
    ]
    return doors(table)


def doors(table: Iterable[tuple[str, str, Endpoint]]) -> list[Route]:
    """Verb, path, and what answers there; whatever it refuses is said plainly."""
    return [Route(path, plainly(endpoint), methods=[verb]) for verb, path, endpoint in table]


def plainly(endpoint: Endpoint) -> Endpoint:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UnknownReferenceError as unknown:
            return _no(404, "not_found", unknown)
        except NotPayableError as closed:
            return _no(409, "not_payable", closed)
        except BodyError as bad:
            return _no(400, "bad_request", bad)

    return answered


def _no(status: int, error: str, reason: Exception) -> JSONResponse:
    return JSONResponse({"error": error, "message": str(reason)}, status)


def _moment(mark: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(mark), UTC)
    except (ValueError, OverflowError, OSError):
        # A plus sign in a query string arrives as a space.
        return parse_time(mark.replace(" ", "+"))

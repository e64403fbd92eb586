"""`GET /transactions`: all money that moved, newest first, in pages; what an accountant compares the books with."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox.channels import Kind
from billing_ui.sandbox.clock import parse_time, wire_time
from billing_ui.sandbox.moves import Move, moves
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.wire import BUSINESS_ID
from billing_ui.sandbox.world import World
from billing_ui.sandbox.xendit_door import Door

_LARGEST_PAGE = 50
_USUAL_PAGE = 10
_TYPES = frozenset({"PAYMENT", "REFUND"})
_STATUSES = frozenset({"SUCCESS", "PENDING", "FAILED", "REVERSED", "VOIDED"})
_CATEGORIES = {
    Kind.QR: "QR_CODE",
    Kind.BANK: "VIRTUAL_ACCOUNT",
    Kind.WALLET: "EWALLET",
    Kind.CARD: "CARDS",
}


async def _list(world: World, request: Request) -> Response:
    asked = request.query_params
    limit = _limit(asked.get("limit"))
    after, before = asked.get("after_id"), asked.get("before_id")
    chosen = sorted(_chosen(world, request), key=lambda move: (move.created, move.id), reverse=True)
    if before is not None:
        head = chosen[: _place(chosen, before)]
        page, has_more = head[-limit:], len(head) > limit
    else:
        tail = chosen[_place(chosen, after) + 1 :] if after is not None else chosen
        page, has_more = tail[:limit], len(tail) > limit
    links = [_next_link(request, page[-1].id)] if has_more and before is None else []
    return JSONResponse({"has_more": has_more, "data": [_shown(move) for move in page], "links": links})


def _chosen(world: World, request: Request) -> Iterator[Move]:
    asked = request.query_params
    types = _words(request, "types", _TYPES)
    statuses = _words(request, "statuses", _STATUSES)
    since, until = _moment(request, "created[gte]"), _moment(request, "created[lte]")
    for move in moves(world):
        if (
            (not types or move.type in types)
            and (not statuses or "SUCCESS" in statuses)
            and asked.get("reference_id") in {None, move.reference}
            and asked.get("product_id") in {None, move.product_id}
            and (since is None or move.created >= since)
            and (until is None or move.created <= until)
        ):
            yield move


def _shown(move: Move) -> dict[str, Any]:
    return {
        "id": move.id,
        "product_id": move.product_id,
        "type": move.type,
        "status": "SUCCESS",
        "channel_category": _CATEGORIES[move.channel.kind],
        "channel_code": move.channel.code.removesuffix("_VIRTUAL_ACCOUNT"),
        "account_identifier": move.account,
        "reference_id": move.reference,
        "currency": "IDR",
        "amount": move.amount,
        "cashflow": "MONEY_IN" if move.type == "PAYMENT" else "MONEY_OUT",
        "business_id": BUSINESS_ID,
        "fee": {
            "xendit_fee": 0,
            "value_added_tax": 0,
            "xendit_withholding_tax": 0,
            "third_party_withholding_tax": 0,
            "status": "NOT_APPLICABLE",
        },
        "settlement_status": "PENDING",
        "estimated_settlement_time": None,
        "created": wire_time(move.created),
        "updated": wire_time(move.updated),
    }


def _place(chosen: list[Move], mark: str) -> int:
    for index, move in enumerate(chosen):
        if move.id == mark:
            return index
    raise RefusedError(400, "API_VALIDATION_ERROR", f"there is no transaction {mark} in this list")


def _next_link(request: Request, last: str) -> dict[str, str]:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "after_id"]
    return {"href": "/transactions?" + urlencode([*kept, ("after_id", last)]), "rel": "next", "method": "GET"}


def _limit(text: str | None) -> int:
    # The SDK sends its default as a floating number.
    number = (text or str(_USUAL_PAGE)).removesuffix(".0")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= _LARGEST_PAGE):
        raise RefusedError(400, "API_VALIDATION_ERROR", f"limit must be a number from 1 to {_LARGEST_PAGE}")
    return int(number)


def _words(request: Request, name: str, known: frozenset[str]) -> set[str]:
    words = set(request.query_params.getlist(name))
    if not words <= known:
        raise RefusedError(400, "API_VALIDATION_ERROR", f"{name} knows {', '.join(sorted(known))}")
    return words


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    # A plus sign in a query string arrives as a space.
    moment = parse_time(text.replace(" ", "+"))
    if moment is None:
        raise RefusedError(400, "API_VALIDATION_ERROR", f"{name} must be an ISO 8601 time")
    return moment


def route(world: World, door: Door) -> Route:
    async def answered(request: Request) -> Response:
        return await _list(world, request)

    return Route("/transactions", door.guard("transactions", answered, versioned=False), methods=["GET"])

"""A decorator for the handlers of web apps, and what such an app answers when the billing desk says no.

Neither FastAPI nor Flask is imported: a handler is a function, and both frameworks take plain answers.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar, Unpack

from billing_ui.client.asks import Estimate
from billing_ui.client.async_billing import AsyncBilling
from billing_ui.client.billing import Billing
from billing_ui.client.errors import BillingProblem, Passing, Refused

Handler = TypeVar("Handler", bound=Callable[..., Any])
Given = Mapping[str, Any]
Asked = Callable[[tuple[Any, ...], dict[str, Any]], Estimate]
_CALL = "call"
_SOON_S = 5
# Between the billing desk and this app; the people in front of it learn that billing is away, and when to come again.
_AWAY = {"code": "billing_unavailable", "title": "Billing cannot be reached right now. Nothing was charged."}


def meter(
    billing: Billing | AsyncBilling, whose: str | Callable[[Given], str], **estimate: Unpack[Estimate]
) -> Callable[[Handler], Handler]:
    """Puts a reservation around a handler.

    `whose` is the argument that holds your id of the user, or tells it from all arguments. A handler that has an
    argument `call` gets the open call there and settles it (or streams through it); of one that has none the estimate
    is charged when it returns. One that raises is charged nothing.
    """

    def metered(handler: Handler) -> Handler:
        inside = _signature(handler)
        outside = inside.replace(parameters=[each for name, each in inside.parameters.items() if name != _CALL])

        def asked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Estimate:
            given = outside.bind(*args, **kwargs).arguments
            name = given[whose] if isinstance(whose, str) else whose(given)
            return Estimate(**{**estimate, "external_id": str(name)})

        is_settling = _CALL in inside.parameters
        if inspect.iscoroutinefunction(handler) != isinstance(billing, AsyncBilling):
            raise TypeError("coroutine functions need AsyncBilling, other functions need Billing")
        around = _around_async if isinstance(billing, AsyncBilling) else _around
        wrapped: Any = functools.wraps(handler)(around(billing, handler, asked, is_settling=is_settling))
        # What a framework reads to fill the arguments; `call` is not its business.
        wrapped.__signature__ = outside
        wrapped.__annotations__ = {name: each for name, each in wrapped.__annotations__.items() if name != _CALL}
        return wrapped  # type: ignore[no-any-return]  # the same function to whoever calls it, but for `call`

    return metered


def refusals(app: Any) -> None:
    """Answers refusals and outages of the billing desk for a FastAPI, Starlette or Flask app: 402 or 503 and JSON that
    a quota banner can be made of. Other problems are mistakes, and stay errors."""
    for kind in (Refused, Passing):
        if hasattr(app, "add_exception_handler"):
            app.add_exception_handler(kind, _asgi)
        else:
            app.register_error_handler(kind, _wsgi)


def _signature(handler: Callable[..., Any]) -> inspect.Signature:
    """With annotations as types where they can be told, as the wrapper stands in another module than the handler."""
    try:
        return inspect.signature(handler, eval_str=True)
    except NameError:
        return inspect.signature(handler)


def _around(billing: Any, handler: Callable[..., Any], asked: Asked, *, is_settling: bool) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        with billing.reserve(**asked(args, kwargs)) as call:
            if is_settling:
                return handler(*args, **kwargs, call=call)
            answer = handler(*args, **kwargs)
            call.settle()
            return answer

    return run


def _around_async(billing: Any, handler: Callable[..., Any], asked: Asked, *, is_settling: bool) -> Callable[..., Any]:
    async def run(*args: Any, **kwargs: Any) -> Any:
        async with billing.reserve(**asked(args, kwargs)) as call:
            if is_settling:
                return await handler(*args, **kwargs, call=call)
            answer = await handler(*args, **kwargs)
            await call.settle()
            return answer

    return run


def _told(problem: BillingProblem) -> tuple[int, dict[str, Any], dict[str, str]]:
    if isinstance(problem, Refused):
        shown = {
            "code": problem.code, "title": problem.title, "refusal": asdict(problem.refusal),
            "meters": {name: asdict(each) for name, each in problem.meters.items()},
            "warnings": [asdict(each) for each in problem.warnings],
        }  # fmt: skip
        return 402, json.loads(json.dumps(shown, default=_iso)), {}
    wait = getattr(problem, "retry_after_s", None) or _SOON_S
    return 503, dict(_AWAY), {"Retry-After": str(int(wait))}


def _iso(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _wsgi(problem: BillingProblem) -> tuple[dict[str, Any], int, dict[str, str]]:
    status, body, headers = _told(problem)
    return body, status, headers


async def _asgi(_request: object, problem: BillingProblem) -> Callable[[Any, Any, Any], Awaitable[None]]:
    status, body, headers = _told(problem)
    content = json.dumps(body, ensure_ascii=False).encode()
    told = {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}

    async def answer(_scope: Any, _receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        lines = [(name.lower().encode(), each.encode()) for name, each in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": content})

    return answer

"""Accidents on order: which call of which gateway meets what, and how often."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from billing_ui.sandbox.bodies import BodyError
from billing_ui.sandbox.refusals import RefusedError

FAULTS = ("timeout_after_commit", "timeout", "500", "html_502", "empty_503", "429", "connection_reset", "slow")
CALLS = {
    "xendit": (
        "create", "status", "change", "cancel", "simulate", "payment", "refund", "refund_status", "refund_list",
        "refund_cancel", "transactions", "balance", "session", "session_status", "session_cancel", "customer",
        "customer_status", "customer_list", "v2_create", "v2_status", "v2_list", "v2_simulate", "invoice",
        "invoice_status", "invoice_list", "invoice_expire",
    ),
    "resend": ("send", "batch", "read"),
}  # fmt: skip
ANY = "*"
# The health check of an app must not eat the fault that was meant for a payment: it is only hit by its own name.
_ONLY_BY_NAME = frozenset({"balance"})
_MOST_MS, _MOST_TIMES = 120_000, 100_000
_USUAL_MS = {"timeout_after_commit": 20_000, "timeout": 20_000, "slow": 1_000}


@dataclass(slots=True)
class Fault:
    gateway: str
    call: str
    fault: str
    times: int | None = 1
    """How many calls still meet it; None is every one until it is taken away."""
    ms: int = 0
    """How long a slow call waits, and how long a hanging one hangs before the line is cut."""

    def meets(self, gateway: str, call: str) -> bool:
        wanted = self.call == call or (self.call == ANY and call not in _ONLY_BY_NAME)
        return self.gateway == gateway and wanted and self.times != 0

    def view(self) -> dict[str, Any]:
        shown = {"gateway": self.gateway, "call": self.call, "fault": self.fault, "times": self.times}
        return {**shown, "ms": self.ms} if self.ms else shown


Weather = Callable[[str, str], Fault | None]


class Faults:
    """The ordered faults, oldest first; `weather` may add more of its own while a bad day lasts."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []
        self.weather: Weather | None = None

    def add(self, fault: Fault) -> None:
        self._ordered.append(fault)

    def take(self, gateway: str, call: str) -> list[Fault]:
        """What this call meets: any slowness, and the first accident."""
        met: list[Fault] = []
        for fault in self._ordered:
            is_first = fault.fault == "slow" or all(other.fault == "slow" for other in met)
            if is_first and fault.meets(gateway, call):
                met.append(fault)
        for fault in met:
            if fault.times is not None:
                fault.times -= 1
        self._ordered = [fault for fault in self._ordered if fault.times != 0]
        more = self.weather(gateway, call) if self.weather else None
        return [*met, more] if more else met

    def clear(self) -> None:
        self._ordered.clear()

    def view(self) -> list[dict[str, Any]]:
        return [fault.view() for fault in self._ordered]


def read_fault(body: dict[str, Any]) -> Fault:
    unknown = sorted(body.keys() - {"gateway", "call", "fault", "times", "ms"})
    if unknown:
        raise BodyError(f"unknown field {unknown[0]!r}")
    gateway, call, fault = body.get("gateway", "xendit"), body.get("call", ANY), str(body.get("fault", ""))
    if gateway not in CALLS:
        raise BodyError(f"gateway must be one of {', '.join(CALLS)}")
    if call != ANY and call not in CALLS[gateway]:
        raise BodyError(f"call must be {ANY} or one of {', '.join(CALLS[gateway])}")
    if fault not in FAULTS:
        raise BodyError(f"fault must be one of {', '.join(FAULTS)}")
    times, ms = body.get("times", 1), body.get("ms", _USUAL_MS.get(fault, 0))
    if times is not None and (type(times) is not int or not 1 <= times <= _MOST_TIMES):
        raise BodyError(f"times must be a whole number from 1 to {_MOST_TIMES}, or null for always")
    if type(ms) is not int or not 0 <= ms <= _MOST_MS:
        raise BodyError(f"ms must be a whole number from 0 to {_MOST_MS}")
    return Fault(gateway, call, fault, times, ms if fault in _USUAL_MS else 0)


async def through(faults: Iterable[Fault], call: Callable[[], Awaitable[Response]]) -> Response:
    """Runs the call with the faults in its way; `timeout_after_commit` and `connection_reset` come after its work."""
    hit = ""
    hang_s = 0.0
    for fault in faults:
        if fault.fault == "slow":
            await asyncio.sleep(fault.ms / 1000)
        else:
            hit, hang_s = fault.fault, fault.ms / 1000
    if hit == "500":
        raise RefusedError(500, "SERVER_ERROR", "an unexpected error occurred")
    if hit == "429":
        raise RefusedError(429, "RATE_LIMIT_EXCEEDED", "too many calls in a minute", {"retry-after": "1"})
    if hit == "html_502":
        return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, media_type="text/html")
    if hit == "empty_503":
        return Response(b"", 503)
    answer = Response(b"", 504) if hit == "timeout" else await call()
    if hit in {"timeout", "timeout_after_commit"}:
        await asyncio.sleep(hang_s)
    return _BrokenOff(answer) if hit in {"timeout", "timeout_after_commit", "connection_reset"} else answer


class _BrokenOff(Response):
    """Announces more bytes than come and drops the connection: the caller never knows the outcome."""

    def __init__(self, answer: Response) -> None:
        super().__init__(bytes(answer.body), answer.status_code, dict(answer.headers))
        self.headers["content-length"] = str(len(answer.body) + 64)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})

"""A real sandbox on a free loopback port, for every test that needs gateways to talk to."""

import json
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from billing_ui.sandbox.app import build
from billing_ui.sandbox.clock import Clock, real_clock
from billing_ui.sandbox.settings import Settings

API_KEY = "xnd_development_sandbox"
MAIL_KEY = "re_sandbox"
CALLBACK_TOKEN = "sandbox-callback-token"
MAIL_SECRET = "whsec_c2FuZGJveC1tYWlsLXNpZ25pbmctc2VjcmV0"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


@dataclass(frozen=True)
class Box:
    """What a journey needs of a running sandbox; every call goes over HTTP."""

    url: str
    settings: Settings

    @property
    def xendit_url(self) -> str:
        return f"{self.url}/xendit"

    @property
    def resend_url(self) -> str:
        return f"{self.url}/resend"

    def payment(self, reference: str) -> Any:
        return self._done("GET", _path(reference))

    def pay(self, reference: str, **options: Any) -> Any:
        return self._done("POST", _path(reference, "/pay"), options)

    def fail(self, reference: str, **options: Any) -> Any:
        return self._done("POST", _path(reference, "/fail"), options)

    def expire(self, reference: str) -> Any:
        return self._done("POST", _path(reference, "/expire"))

    def refund(self, reference: str, **options: Any) -> Any:
        """A refund made on the dashboard: `outcome`, `amount`, `after_s`, `payment_id`, `drop_webhook`, `times`."""
        return self._done("POST", _path(reference, "/refund"), options)

    def settle_refund(self, refund_id: str, outcome: str = "succeeded", **options: Any) -> Any:
        """How a refund ends that the app asked for while the mode `refund_outcome` says `pending`."""
        return self._done("POST", f"/_sim/refunds/{refund_id}/settle", {"outcome": outcome, **options})

    def dispute(self, reference: str, act: str = "open", **options: Any) -> Any:
        """`open`, `review`, `remind`, `win` or `lose`."""
        return self._done("POST", _path(reference, "/dispute"), {"act": act, **options})

    def pay_checkout(self, name: str, **options: Any) -> Any:
        """A session or an invoice, by its id or reference."""
        return self._done("POST", f"/_sim/checkouts/{name}/pay", options)

    def expire_checkout(self, name: str) -> Any:
        return self._done("POST", f"/_sim/checkouts/{name}/expire")

    def mode(self, **modes: Any) -> Any:
        """Which generation webhooks belong to, and how refunds end: `box.mode(webhooks="v2")`."""
        return self._done("POST", "/_sim/modes", modes)

    def bad_day(self, **wishes: Any) -> Any:
        """Everything goes wrong at once, and payers pay by themselves; see docs/sandbox.md for the wishes."""
        begun = self.call("POST", "/_sim/scenarios/bad-day", wishes)
        assert begun.status == 201, begun.body
        return begun.body

    def day(self) -> Any:
        """How the bad day stands; `truth` is what was really paid."""
        return self._done("GET", "/_sim/scenarios/bad-day")

    def end_day(self) -> Any:
        return self._done("DELETE", "/_sim/scenarios/bad-day")

    def inbox(self, to: str = "", after: str = "") -> list[dict[str, Any]]:
        query = urllib.parse.urlencode({"to": to, "after": after})
        messages: list[dict[str, Any]] = self._done("GET", f"/_sim/inbox?{query}")["messages"]
        return messages

    def wait_for_mail(self, to: str, within_s: float = 10.0) -> dict[str, Any]:
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            if found := self.inbox(to):
                return found[0]
            time.sleep(0.02)
        raise AssertionError(f"no mail for {to} within {within_s} s")

    def switch(self, **positions: Any) -> Any:
        return self._done("POST", "/_sim/switches", positions)

    def fault(self, fault: str, call: str = "*", gateway: str = "xendit", times: int | None = 1, **more: Any) -> Any:
        """What the next calls meet: `box.fault("timeout_after_commit", "create")`."""
        wish = {"gateway": gateway, "call": call, "fault": fault, "times": times, **more}
        return self._done("POST", "/_sim/faults", wish)

    def no_faults(self) -> None:
        self._done("DELETE", "/_sim/faults")

    def advance(self, seconds: float) -> Any:
        """Moves the sandbox's clock; answers when all that fell due on the way is done."""
        return self._done("POST", "/_sim/clock", {"advance_s": seconds})

    def held(self) -> list[dict[str, Any]]:
        """The webhooks kept back by `switch(webhooks="hold")`, oldest first."""
        return list(self._done("GET", "/_sim/webhooks")["held"])

    def deliver(self, *event_ids: str) -> Any:
        """The held ones, or exactly these events in this order; each is answered before the next is sent."""
        return self._done("POST", "/_sim/webhooks/deliver", {"event_ids": list(event_ids)} if event_ids else {})

    def reset(self) -> None:
        self._done("POST", "/_sim/reset")

    def call(self, verb: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers or {}, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return Answer(answer.status, json.loads(answer.read()))
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, json.loads(refused.read() or b"null"))

    def _done(self, verb: str, path: str, body: Any = None) -> Any:
        answer = self.call(verb, path, body)
        assert answer.status == 200, f"{verb} {path}: {answer.status} {answer.body}"
        return answer.body


@contextmanager
def serving(app: Any, listener: socket.socket) -> Iterator[None]:
    """An ASGI app on a thread of its own until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, ws="none", lifespan="on", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    ends = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server stopped while starting"
        assert time.monotonic() < ends, "the server did not start within 10 s"
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"


def free_port() -> tuple[socket.socket, int]:
    """A bound listener, so that nobody else can take the port in between."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    # asyncio sets this only on sockets that name their protocol; without it each kept-alive answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener, listener.getsockname()[1]


@contextmanager
def running_sandbox(
    app_url: str = "http://127.0.0.1:9", *, clock: Clock = real_clock, **settings: Any
) -> Iterator[Box]:
    """The default app URL refuses every connection: deliveries are tried and refused at once."""
    listener, port = free_port()
    settings = {"callback_token": CALLBACK_TOKEN, "calls_per_minute": 100_000, **settings}
    chosen = Settings(port=port, app_url=app_url, **settings)
    with serving(build(chosen, clock), listener):
        yield Box(f"http://127.0.0.1:{port}", chosen)


def _path(reference: str, act: str = "") -> str:
    return f"/_sim/payments/{urllib.parse.quote(reference, safe='')}{act}"

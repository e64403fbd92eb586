"""Headers, body cap, request ids, redaction: what stands around everything the process answers."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from billing_ui.infra.rate_limit import Buckets
from billing_ui.kit.ids import Ids
from billing_ui.kit.tracing import request_id
from billing_ui.security import redaction
from billing_ui.security.body_cap import BodyCap
from billing_ui.security.headers import SecurityHeaders
from billing_ui.security.request_id import RequestId


async def echo(request: Request) -> Response:
    body = await request.body()
    return JSONResponse({"size": len(body), "id": request_id()})


async def careless(request: Request) -> Response:
    try:
        await request.body()
    except Exception:
        return PlainTextResponse("500 of the inner application", 500)
    return PlainTextResponse("read")


def client(public_url: str = "https://billing.example.com", max_body: int = 1_000) -> httpx.AsyncClient:
    routes = [
        Route("/careless", careless, methods=["POST"]),
        Route("/{path:path}", echo, methods=["GET", "POST"]),
    ]
    app = RequestId(SecurityHeaders(BodyCap(Starlette(routes=routes), max_body), public_url), Ids.seeded(1))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=public_url)


async def test_every_answer_carries_the_safety_headers() -> None:
    async with client() as https:
        headers = (await https.get("/pricing/")).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'self'",
                 "form-action 'self'", "connect-src 'self' wss://billing.example.com"):  # fmt: skip
        assert rule in policy
    assert "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert headers["cross-origin-opener-policy"] == "same-origin"


async def test_http_on_loopback_promises_no_https() -> None:
    async with client("http://127.0.0.1:3000") as http:
        headers = (await http.get("/")).headers
    assert "strict-transport-security" not in headers
    assert "connect-src 'self' ws://127.0.0.1:3000" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "referrer", "caching"),
    [
        ("/auth/reset/", "no-referrer", "no-cache"),
        ("/auth/verify/", "no-referrer", "no-cache"),
        ("/pay/top_1/", "no-referrer", "no-cache"),
        ("/pricing/", "strict-origin-when-cross-origin", "no-cache"),
        ("/api/billing/balance", "strict-origin-when-cross-origin", "no-store"),
        ("/assets/app-abc123.js", "strict-origin-when-cross-origin", "public, max-age=31536000, immutable"),
    ],
)
async def test_referrer_and_caching_follow_the_path(path: str, referrer: str, caching: str) -> None:
    async with client() as https:
        headers = (await https.get(path)).headers
    assert (headers["referrer-policy"], headers["cache-control"]) == (referrer, caching)


async def chunks(total: int, counted: list[int]) -> AsyncIterator[bytes]:
    while sum(counted) < total:
        counted.append(500)
        yield b"x" * 500


@pytest.mark.parametrize("path", ["/api/x", "/careless"])
async def test_a_body_beyond_the_cap_is_refused_while_it_streams_in(path: str) -> None:
    counted: list[int] = []
    async with client() as https:
        answer = await https.post(path, content=chunks(50_000_000, counted))
        assert answer.status_code == 413
        assert sum(counted) < 5_000
        assert (await https.post(path, content=b"x" * 1_001)).status_code == 413
        assert (await https.post(path, content=b"x" * 1_000)).status_code == 200


@pytest.mark.parametrize("length", ["abc", "-1", "9" * 30, "1e3"])
async def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    async with client() as https:
        answer = await https.post("/api/x", content=b"", headers={"content-length": length})
    assert answer.status_code == 413


async def test_each_request_has_an_id_and_a_plain_given_one_is_kept() -> None:
    async with client() as https:
        first, second = await https.get("/a"), await https.get("/a")
        assert first.headers["x-request-id"] == first.json()["id"] != second.headers["x-request-id"]
        given = await https.get("/a", headers={"x-request-id": "host-request-7"})
        assert given.headers["x-request-id"] == "host-request-7"
        forged = await https.get("/a", headers={"x-request-id": "a b<script>"})
        assert forged.headers["x-request-id"].startswith("req_")


SECRET = Ids.seeded(2).secret()


@pytest.mark.parametrize(
    "line",
    [
        f"cookie: billing_session={SECRET}",
        f"{{'cookie': 'billing_session={SECRET}', 'host': 'x'}}",
        "Authorization: Bearer c4n4ry",
        '{"password": "c4n4ry", "a": 1}',
        "{'password': 'c4n4ry with spaces'}",
        "x-callback-token=c4n4ry",
        '"WebSocket /_event/?EIO=4&token=c4n4ry" [accepted]',
        "key xnd_development_c4n4ry",
        "sk_live_c4n4ry and whsec_c4n4ry",
        "re_c4n4ryc4n4ry",
        f"a link /auth/reset/?token={SECRET} was sent",
        f"raw {SECRET} raw",
    ],
)
def test_a_secret_does_not_reach_the_log(line: str) -> None:
    told = redaction.redact(line)
    assert "c4n4ry" not in told
    assert SECRET not in told
    assert redaction.HIDDEN in told


@pytest.mark.parametrize(
    "line",
    [
        "account acc_01jd3kq8v7x2m9n4p5r6s7t8w9 bought 500000 tokens",
        "GET /subscription/plans/ 200",
        "the tokens of the month were counted",
    ],
)
def test_an_innocent_line_is_left_alone(line: str) -> None:
    assert redaction.redact(line) == line


def test_arguments_and_tracebacks_are_redacted_too(capsys: pytest.CaptureFixture[str]) -> None:
    before, root = logging.getLogRecordFactory(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        redaction.install("info")
        redaction.install("info")
        log = logging.getLogger("somebody.else")
        log.info("header %s and %d", f"billing_session={SECRET}", 5)
        try:
            raise ValueError(f"token={SECRET}")
        except ValueError:
            log.exception("failed")
    finally:
        logging.setLogRecordFactory(before)
        root.handlers[:] = handlers
        root.setLevel(level)
    told = capsys.readouterr().err
    assert SECRET not in told
    assert told.count("somebody.else: header") == 1
    assert "Traceback" in told


def test_a_bucket_tells_what_is_left_in_it() -> None:
    now = [0.0]
    buckets = Buckets(20, 3, lambda: now[0])
    assert [buckets.left_after("a") for _ in range(5)] == [2, 1, 0, None, None]
    now[0] += 0.05
    assert [buckets.left_after("a"), buckets.left_after("b")] == [0, 2]


def test_a_bucket_lets_a_burst_through_then_its_rate() -> None:
    now = [0.0]
    buckets = Buckets(20, 60, lambda: now[0], most=2)
    assert sum(buckets.take("a") for _ in range(100)) == 60
    now[0] += 1
    assert sum(buckets.take("a") for _ in range(100)) == 20
    now[0] -= 50
    assert not buckets.take("a")
    assert buckets.take("b")
    assert buckets.take("c")
    assert sum(buckets.take("a") for _ in range(100)) == 60

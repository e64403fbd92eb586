"""Resend's e-mail calls on loopback: send once per key, send many, read back."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox import mails
from billing_ui.sandbox.bodies import BodyError, decode, read_bytes
from billing_ui.sandbox.faults import through
from billing_ui.sandbox.mail_news import MailNews
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.state import Mail
from billing_ui.sandbox.world import World

Endpoint = Callable[[Request], Awaitable[Response]]
_NAMES = {"SERVER_ERROR": "application_error", "RATE_LIMIT_EXCEEDED": "rate_limit_exceeded"}
_BATCH = 100


class Resend:
    def __init__(self, world: World) -> None:
        self._world = world
        self._news = MailNews(world)

    async def send(self, request: Request) -> Response:
        body = decode(await read_bytes(request))
        return self._once(request, body, lambda key: self._send_one(body, key))

    async def send_batch(self, request: Request) -> Response:
        body = decode(await read_bytes(request))
        if not isinstance(body, list) or not 1 <= len(body) <= _BATCH:
            raise RefusedError(422, "validation_error", f"the body must be a list of 1 to {_BATCH} e-mails")
        permissive = request.headers.get("x-batch-validation") == "permissive"
        return self._once(request, body, lambda key: self._send_many(body, key, permissive))

    async def read(self, request: Request) -> Response:
        mail = self._world.books.mail(request.path_params["id"])
        if mail is None:
            raise RefusedError(404, "not_found", "Email not found")
        return JSONResponse(mails.stored(mail))

    def guard(self, call: str, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            try:
                _check_key(request.headers.get("authorization", ""))
                return await through(self._world.faults.take("resend", call), lambda: endpoint(request))
            except RefusedError as refusal:
                return _refuse(refusal)
            except BodyError as bad:
                return _refuse(RefusedError(400, "validation_error", str(bad)))

        return guarded

    def _send_one(self, body: object, key: str | None) -> dict[str, Any]:
        mail = mails.read_mail(self._world, body, key)
        self._world.books.mails.append(mail)
        self._news.follow(mail)
        return {"id": mail.id}

    def _send_many(self, bodies: list[Any], key: str | None, permissive: bool) -> dict[str, Any]:
        sent: list[Mail] = []
        errors: list[dict[str, Any]] = []
        for index, body in enumerate(bodies):
            try:
                sent.append(mails.read_mail(self._world, body, key))
            except RefusedError as refusal:
                if not permissive:
                    raise
                errors.append({"index": index, "message": refusal.message})
        self._world.books.mails.extend(sent)
        for mail in sent:
            self._news.follow(mail)
        answer: dict[str, Any] = {"data": [{"id": mail.id} for mail in sent]}
        return {**answer, "errors": errors} if permissive else answer

    def _once(self, request: Request, body: object, send: Callable[[str | None], dict[str, Any]]) -> Response:
        """The same key and body within a day get the first answer; the same key and another body get a conflict."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return JSONResponse(send(None))
        if not 1 <= len(key) <= 256:
            raise RefusedError(400, "invalid_idempotency_key", "The idempotency key must be 1 to 256 characters.")
        now, known = self._world.clock(), self._world.books.mail_keys.get(key)
        digest = hashlib.sha256(f"{request.url.path} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()
        if known is not None and now - known[0] < mails.KEY_LIVES:
            if known[1] != digest:
                raise RefusedError(
                    409, "invalid_idempotent_request", "This idempotency key has been used with another body."
                )
            return JSONResponse(known[2])
        answer = send(key)
        self._world.books.mail_keys[key] = (now, digest, answer)
        return JSONResponse(answer)


def routes(world: World) -> list[Route]:
    resend = Resend(world)
    return [
        Route("/emails", resend.guard("send", resend.send), methods=["POST"]),
        Route("/emails/batch", resend.guard("batch", resend.send_batch), methods=["POST"]),
        Route("/emails/{id}", resend.guard("read", resend.read), methods=["GET"]),
    ]


def _check_key(header: str) -> None:
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise RefusedError(401, "missing_api_key", "Missing API key in the authorization header.")
    if not key.startswith("re_"):
        raise RefusedError(403, "invalid_api_key", "API key is invalid.")


def _refuse(refusal: RefusedError) -> JSONResponse:
    name = _NAMES.get(refusal.code, refusal.code)
    body = {"statusCode": refusal.status, "name": name, "message": refusal.message}
    return JSONResponse(body, refusal.status, headers=refusal.headers)

"""One table: which HTTP status each refusal has, and the problem document it is told in."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from billing_ui.i18n.load import text
from billing_ui.kit.tracing import request_id
from billing_ui.rules.errors import BillingError, Busy, Fact

log = logging.getLogger(__name__)

STATUS: dict[str, int] = {
    "session_required": 401,
    "forbidden": 403,
    "bad_credentials": 401,
    "bad_link": 410,
    "bad_code": 403,
    "bad_key": 401,
    "signup_closed": 403,
    "too_many_tries": 429,
    "too_many_at_once": 429,
    "field_invalid": 422,
    "not_confirmed": 422,
    "email_taken": 409,
    "password_too_short": 422,
    "amount_out_of_range": 422,
    "method_unavailable": 422,
    "plan_unavailable": 422,
    "not_found": 404,
    "key_reused": 409,
    "not_payable": 409,
    "not_cancelable": 409,
    "not_refundable": 409,
    "refund_only_whole": 409,
    "not_creditable": 409,
    "already_decided": 409,
    "too_many_keys": 409,
    "insufficient_balance": 402,
    "gateway_rejected": 502,
    "gateway_unavailable": 503,
    "busy": 503,
    "event_failed": 500,
    "misconfigured": 503,
    "internal": 500,
}


PROBLEM = "application/problem+json"
# A "no" about money or quotas is an answer of its own kind; its code is the reason.
REFUSED = 402


def problem(error: BillingError, language: str = "en") -> JSONResponse:
    """An application/problem+json answer with a stable code, its facts, and a sentence for people."""
    status = STATUS.get(error.code, 500)
    return JSONResponse(told(error, language), status, _headers(error, status), PROBLEM)


def told(error: BillingError, language: str = "en") -> dict[str, Any]:
    """The problem document alone, as it also stands in the results of a batch."""
    sentence = text(language, f"error.{error.code}", **error.facts)
    return document(error.code, STATUS.get(error.code, 500), sentence, error.facts)


def refusal_of(error: Exception) -> BillingError:
    """What whoever asked is told of anything that went wrong; what is ours to know is in the log."""
    if isinstance(error, BillingError):
        return error
    if isinstance(error, SQLAlchemyError):
        log.error("the database did not answer: %r", error)
        return Busy(retry_after_s=5)
    log.error("a request failed", exc_info=error)
    return BillingError()


def document(code: str, status: int, title: str, facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {
        "type": f"about:blank#{code}", "title": title, "status": status, "code": code, "facts": facts,
        "request_id": request_id(),
    }  # fmt: skip


def unserved(allowed: Collection[str]) -> JSONResponse:
    """A path nobody serves, or a method that is not served there, told in the same form."""
    status = HTTPStatus.METHOD_NOT_ALLOWED if allowed else HTTPStatus.NOT_FOUND
    code = "method_not_allowed" if allowed else "not_found"
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return JSONResponse(document(code, status.value, status.phrase, {}), status, headers, PROBLEM)


def _headers(error: BillingError, status: int) -> dict[str, str]:
    wait = error.facts.get("retry_after_s") or (5 if status == 503 else None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if error.code == "bad_key":
        headers["WWW-Authenticate"] = 'Bearer realm="billing_ui"'
    return headers

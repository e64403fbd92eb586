"""The wire to Xendit: the SDK for keys, pool and headers, without its model layer, every failure folded into two."""

from __future__ import annotations

import re
from typing import Any

import xendit
from urllib3 import Retry
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ReadTimeoutError

from billing_ui.gateways.breaker import Breaker
from billing_ui.kit.clock import Clock, SystemClock
from billing_ui.kit.strict_json import JsonRefused, read_object
from billing_ui.rules.errors import GatewayError, GatewayRejected, GatewayUnavailable

API_VERSION = "2024-11-11"
TIMEOUT_S = (2.0, 8.0)  # to connect, to answer
NOT_ASKED = "NOT_ASKED"
_ANSWER_CAP_BYTES = 1024 * 1024
_POOL = 32
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,99}")
_CODE = re.compile(r"[A-Za-z0-9_]{1,60}")
# Answers that leave open whether the gateway did it: it timed out itself, or it knows this reference already.
_OPEN_OUTCOMES = {"408", "409"}
_TOLD_OUTCOMES = {"ACCOUNT_ALREADY_LINKED"}


def is_safe_id(word: str) -> bool:
    """Whether an id from outside may stand in a path: no slash, no dots that climb, no surprise."""
    return _SAFE_ID.fullmatch(word) is not None


def code(value: object) -> str:
    """An error word of the gateway made fit for a column and a lookup; some are published with a trailing space."""
    word = str(value or "").strip()
    return word if _CODE.fullmatch(word) else ""


class Wire:
    """GET and POST against one base address. GETs are tried once more; a POST is sent exactly once.

    While the gateway hangs nothing is sent and the reason is NOT_ASKED: only then can nothing have happened.
    """

    def __init__(
        self, api_key: str, base_url: str, timeout_s: tuple[float, float] = TIMEOUT_S, clock: Clock | None = None
    ) -> None:
        # An own Configuration: the SDK's set_api_key would put the host back to the live one.
        configuration = xendit.Configuration(host=base_url.rstrip("/"), api_key=api_key)
        configuration.connection_pool_maxsize = _POOL
        configuration.retries = Retry(
            total=1,
            connect=1,
            read=1,
            redirect=0,
            status=0,
            other=0,
            allowed_methods=frozenset({"GET"}),
            respect_retry_after_header=False,  # who waits and for how long is decided by the jobs
        )
        self._client = xendit.ApiClient(configuration)
        self._timeout_s = timeout_s
        self._breaker = Breaker(clock or SystemClock())

    def get(
        self,
        path: str,
        *,
        query: tuple[tuple[str, str], ...] = (),
        timeout_s: tuple[float, float] | None = None,
        **ids: str,
    ) -> dict[str, Any]:
        return self._call("GET", path, ids, None, "", timeout_s, query)

    def post(self, path: str, body: dict[str, Any] | None, *, key: str = "", **ids: str) -> dict[str, Any]:
        return self._call("POST", path, ids, body, key)

    def _call(
        self,
        method: str,
        path: str,
        ids: dict[str, str],
        body: dict[str, Any] | None,
        key: str,
        timeout_s: tuple[float, float] | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Any]:
        if not all(map(is_safe_id, ids.values())):
            raise GatewayRejected(reason="MALFORMED_ID")
        if not self._breaker.may_ask():
            raise GatewayUnavailable(reason=NOT_ASKED)
        headers = {"api-version": API_VERSION, "Accept": "application/json", "Content-Type": "application/json"}
        if key:
            headers["idempotency-key"] = key
        is_hanging = False
        try:
            answer = self._client.call_api(
                path,
                method,
                path_params=ids,
                query_params=list(query),
                header_params=headers,
                body=body,
                _preload_content=False,
                _return_http_data_only=True,
                _request_timeout=timeout_s or self._timeout_s,
            )
            return read_object(answer.data, cap=_ANSWER_CAP_BYTES)
        except xendit.XenditSdkException as error:
            raise _fold(error, method) from error
        except JsonRefused as error:
            raise GatewayUnavailable(reason="UNREADABLE_ANSWER") from error
        except Exception as error:
            # Measured: urllib3's own errors, JSONDecodeError for HTML, TypeError for odd bodies; none tells more.
            is_hanging = _is_timeout(error)
            raise GatewayUnavailable(reason=type(error).__name__) from error
        finally:
            self._breaker.hear(is_hanging=is_hanging)


def _is_timeout(error: Exception) -> bool:
    cause = error.reason if isinstance(error, MaxRetryError) else error
    # A refused connection calls itself a timeout for history's sake; it is told at once.
    return isinstance(cause, ConnectTimeoutError | ReadTimeoutError) and not isinstance(cause, NewConnectionError)


def _fold(error: xendit.XenditSdkException, method: str) -> GatewayError:
    status, reason = str(error.status), code(error.errorCode)
    refused = len(status) == 3 and status.startswith("4")
    if refused and status == "429" and method == "GET":
        return GatewayUnavailable(reason="RATE_LIMIT_EXCEEDED")
    if refused and (status not in _OPEN_OUTCOMES or reason in _TOLD_OUTCOMES):
        return GatewayRejected(reason=reason or f"HTTP_{status}")
    return GatewayUnavailable(reason=reason or f"HTTP_{code(status)}")

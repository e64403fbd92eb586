"""Mail through Resend's SDK, whose settings are module globals: they are set and used under one lock."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import resend
from resend.exceptions import ResendError

from billing_ui.emails.base import Mail, MailRejected, MailTaken, MailUnavailable

TIMEOUT: Final = httpx.Timeout(10, connect=2)
TAG: Final = "mail"
_SDK = Lock()
_OTHER_WORDS = "invalid_idempotent_request"
_IN_FLIGHT = "concurrent_idempotent_requests"
# A wrong key is ours to mend, no fault of the mail: it waits. The last is the SDK's word for a proxy's page.
_NOT_ABOUT_THE_MAIL = {"missing_api_key", "invalid_api_key", "restricted_api_key", _IN_FLIGHT, "application_error"}


class ResendMailer:
    """Sends as `sender`, for example `Makalah AI <no-reply@makalah.example>`."""

    def __init__(self, api_key: str, base_url: str, sender: str) -> None:
        self._api_key = api_key
        self._base_url = base_url.rstrip("/")
        self._sender = sender
        self._client = _Client(base_url)

    def send(self, mail: Mail) -> str:
        params: resend.Emails.SendParams = {
            "from": self._sender,
            "to": [mail.to],
            "subject": mail.subject,
            "html": mail.html,
            "text": mail.text,
        }
        if mail.tag:
            params["tags"] = [{"name": TAG, "value": mail.tag}]
        with _SDK:
            resend.api_key = self._api_key
            resend.api_url = self._base_url
            resend.default_http_client = self._client
            try:
                answer = resend.Emails.send(params, {"idempotency_key": mail.key})
            except ResendError as error:
                raise _fold(error) from error
            except Exception as error:
                # Measured: odd bodies escape the SDK as TypeError and AttributeError; the mail may have gone out.
                raise MailUnavailable(type(error).__name__) from error
        sent = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(sent, str) or not sent:
            raise MailUnavailable("the answer names no mail")
        return sent


class _Client(resend.HTTPClient):
    """The SDK's way out, with time-outs and without redirects; a provider on loopback is never sought at a proxy."""

    def __init__(self, base_url: str) -> None:
        is_local = urlsplit(base_url).hostname in {"127.0.0.1", "::1", "localhost"}
        # No kept connections: mails are rare, and one that the provider closed meanwhile would look like a refusal.
        self._http = httpx.Client(
            timeout=TIMEOUT, trust_env=not is_local, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: dict[str, object] | list[object] | None = None,
        files: dict[str, Any] | None = None,
        data: dict[str, str] | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        answer = self._http.request(method, url, headers=headers, json=json, files=files, data=data)
        return answer.content, answer.status_code, answer.headers


def _fold(error: ResendError) -> MailRejected | MailUnavailable | MailTaken:
    status, kind = str(error.code), str(error.error_type)
    why = f"{status} {kind}"
    if kind == _OTHER_WORDS:
        return MailTaken(why)
    is_about_the_mail = len(status) == 3 and status.startswith("4") and status not in {"408", "429"}
    if is_about_the_mail and kind not in _NOT_ABOUT_THE_MAIL:
        return MailRejected(why)
    wait = {name.lower(): value for name, value in error.headers.items()}.get("retry-after", "")
    return MailUnavailable(why, int(wait) if wait.isdecimal() else None)

"""The real xendit-python, called the way that keeps its typed layer out of the data."""

import json
from decimal import Decimal
from typing import Any

import urllib3
import xendit

from tests.live_sandbox import API_KEY


class XenditClient:
    def __init__(self, url: str, key: str = API_KEY, version: str | None = "2024-11-11") -> None:
        configuration = xendit.Configuration(host=url, api_key=key)
        configuration.retries = urllib3.Retry(total=2, connect=2, read=0, redirect=0, status=0)
        self.client = xendit.ApiClient(configuration)
        self._version = {} if version is None else {"api-version": version}
        self.headers: dict[str, str] = {}

    def call(self, verb: str, path: str, body: Any = None, timeout: tuple[float, float] = (3, 10)) -> Any:
        raw = self.client.call_api(
            path,
            verb,
            header_params={**self._version, "Accept": "application/json", "Content-Type": "application/json"},
            body=body,
            _preload_content=False,
            _return_http_data_only=True,
            _request_timeout=timeout,
        )
        self.headers = dict(raw.headers)
        return json.loads(raw.data, parse_float=Decimal)

    def create(self, reference: str = "top_1", channel: str = "QRIS", amount: Any = 50_000, **more: Any) -> Any:
        body = {
            "reference_id": reference,
            "type": "PAY",
            "country": "ID",
            "currency": "IDR",
            "request_amount": amount,
            "channel_code": channel,
            "channel_properties": {"mobile_number": "+6281200000000"} if channel == "OVO" else {},
            **more,
        }
        return self.call("POST", "/v3/payment_requests", {k: v for k, v in body.items() if v is not None})

    def request(self, request_id: str) -> Any:
        return self.call("GET", f"/v3/payment_requests/{request_id}")

    def payment(self, payment_id: str) -> Any:
        return self.call("GET", f"/v3/payments/{payment_id}")

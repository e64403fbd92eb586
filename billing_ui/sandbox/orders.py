"""Reads what the app asks for and refuses what Xendit would refuse, in Xendit's words."""

import re
from datetime import datetime
from typing import Any

from billing_ui.sandbox.channels import CHANNELS, Channel, Kind
from billing_ui.sandbox.clock import parse_time
from billing_ui.sandbox.payments import Order
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.way_back import web_page

_ECHOED = ("description", "customer_id", "customer", "items", "shipping_information", "metadata")
_REQUIRED = ("reference_id", "type", "country", "currency", "channel_code", "channel_properties")
# Which of the two names is right no public page says; either is taken.
PHONE_NAMES = ("account_mobile_number", "mobile_number")
_PHONE = re.compile(r"\+628[0-9]{7,11}")
_TYPES = ("PAY", "REUSABLE_PAYMENT_CODE")


def _invalid(message: str) -> RefusedError:
    return RefusedError(400, "API_VALIDATION_ERROR", message)


def read_order(body: dict[str, Any], now: datetime) -> Order:
    for name in _REQUIRED:
        if name not in body:
            raise _invalid(f"{name} is required")
    reference = body["reference_id"]
    if not isinstance(reference, str) or not 1 <= len(reference) <= 255:
        raise _invalid("reference_id must be a string of 1 to 255 characters")
    if body["type"] not in _TYPES:
        raise _invalid(f"type must be one of {', '.join(_TYPES)}")
    if (body["country"], body["currency"]) != ("ID", "IDR"):
        raise _invalid("country must be ID and currency must be IDR")
    if body.get("capture_method", "AUTOMATIC") != "AUTOMATIC":
        raise _invalid("capture_method must be AUTOMATIC for this channel")
    channel = _channel(body["channel_code"])
    properties = body["channel_properties"]
    if not isinstance(properties, dict):
        raise _invalid("channel_properties must be an object")
    _check_texts(body, properties)
    if channel.phone_required:
        _check_phone(properties, channel)
    return Order(
        reference=reference,
        type=body["type"],
        channel=channel,
        amount=read_amount(body.get("request_amount"), channel, required=body["type"] == "PAY"),
        properties=properties,
        extras={name: body[name] for name in _ECHOED if name in body},
        expires_at=read_expiry(properties, channel, now),
    )


def read_amount(value: object, channel: Channel, *, required: bool) -> int | None:
    if value is None:
        if required:
            raise _invalid("request_amount is required for type PAY")
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise _invalid("request_amount must be a whole number of rupiah")
    amount = int(value)
    if not channel.minimum <= amount <= channel.maximum:
        raise RefusedError(
            400,
            "INVALID_VALUE_ERROR",
            f"request_amount for {channel.code} must be between {channel.minimum} and {channel.maximum}",
        )
    return amount


def read_expiry(properties: dict[str, Any], channel: Channel, now: datetime) -> datetime | None:
    """Only virtual accounts let the caller choose; QRIS ignores the wish, as the real one does."""
    wanted = properties.get("expires_at")
    if wanted is None or not channel.expiry_settable:
        return None
    moment = parse_time(wanted) if isinstance(wanted, str) else None
    if moment is None or moment <= now:
        raise _invalid("channel_properties.expires_at must be an ISO 8601 time in the future")
    return moment


def _channel(code: object) -> Channel:
    channel = CHANNELS.get(code) if isinstance(code, str) else None
    if channel is None:
        raise _invalid(f"the endpoint and method are not supported for channel_code {code!r}")
    return channel


def _check_texts(body: dict[str, Any], properties: dict[str, Any]) -> None:
    description = body.get("description")
    if description is not None and not (isinstance(description, str) and 1 <= len(description) <= 1000):
        raise _invalid("description must be a string of 1 to 1000 characters")
    if not isinstance(body.get("metadata", {}) or {}, dict):
        raise _invalid("metadata must be an object")
    for name, value in properties.items():
        if name.endswith("_return_url") and not _is_return_url(value):
            raise _invalid(f"channel_properties.{name} must be an https URL of 11 to 255 characters")
    number = properties.get("virtual_account_number")
    if number is not None and not (isinstance(number, str) and number.isascii() and number.isdigit()):
        raise _invalid("channel_properties.virtual_account_number must be digits")


def _is_return_url(value: object) -> bool:
    return 11 <= len(page := web_page(value)) <= 255 and page.startswith("https://")


def _check_phone(properties: dict[str, Any], channel: Channel) -> None:
    number = next((properties[name] for name in PHONE_NAMES if name in properties), None)
    if number is None:
        raise _invalid(f"channel_properties.{PHONE_NAMES[0]} is required for {channel.code}")
    if not isinstance(number, str) or not _PHONE.fullmatch(number):
        raise _invalid(f"channel_properties.{PHONE_NAMES[0]} must be a mobile number such as +6281234567890")


def is_bank(channel: Channel) -> bool:
    return channel.kind is Kind.BANK

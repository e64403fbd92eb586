"""Reads how a person or a test wants something to happen; a wish that makes no sense is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from billing_ui.sandbox import refunds
from billing_ui.sandbox.bodies import BodyError

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


@dataclass(frozen=True, slots=True)
class PayOptions:
    amount: int | None = None
    times: int = 1
    payments: int = 1
    delay_s: float = 0
    drop_webhook: bool = False
    after_expiry: bool = False


@dataclass(frozen=True, slots=True)
class FailOptions:
    code: str = "USER_DECLINED_PAYMENT"
    keep_open: bool = False


@dataclass(frozen=True, slots=True)
class RefundOptions:
    outcome: str = "succeeded"
    amount: int | None = None
    after_s: int = 0
    code: str = "REFUND_FAILED"
    payment_id: str | None = None
    drop_webhook: bool = False
    times: int = 1


def read_pay(body: Mapping[str, object]) -> PayOptions:
    read_only(body, {"amount", "times", "payments", "delay_s", "drop_webhook", "after_expiry"})
    amount = body.get("amount")
    return PayOptions(
        amount=None if amount is None else read_whole("amount", amount, 1, 10**12),
        times=read_whole("times", body.get("times", 1), 1, 500),
        payments=read_whole("payments", body.get("payments", 1), 1, 50),
        delay_s=_seconds(body.get("delay_s", 0)),
        drop_webhook=_flag("drop_webhook", body),
        after_expiry=_flag("after_expiry", body),
    )


def read_fail(body: Mapping[str, object]) -> FailOptions:
    read_only(body, {"code", "keep_open"})
    return FailOptions(read_code(body.get("code", FailOptions().code)), _flag("keep_open", body))


def read_refund(body: Mapping[str, object]) -> RefundOptions:
    read_only(body, {"outcome", "amount", "after_s", "code", "payment_id", "drop_webhook", "times"})
    outcome, amount = body.get("outcome", "succeeded"), body.get("amount")
    payment_id = body.get("payment_id")
    if outcome not in {*refunds.OUTCOMES, "pending"}:
        raise BodyError(f"outcome must be pending or one of {', '.join(refunds.OUTCOMES)}")
    return RefundOptions(
        outcome=str(outcome),
        amount=None if amount is None else read_whole("amount", amount, 1, 10**12),
        after_s=read_whole("after_s", body.get("after_s", 0), 0, 30 * 86_400),
        code=read_code(body.get("code", RefundOptions().code)),
        payment_id=None if payment_id is None else str(payment_id),
        drop_webhook=_flag("drop_webhook", body),
        times=read_whole("times", body.get("times", 1), 1, 500),
    )


def read_code(code: object) -> str:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BodyError("code must be an upper-case failure code such as INSUFFICIENT_BALANCE")
    return code


def read_only(body: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(body.keys() - known)
    if unknown:
        raise BodyError(f"unknown field {unknown[0]!r}")


def read_whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BodyError(f"{name} must be a whole number from {least} to {most}")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 86_400:
        raise BodyError("delay_s must be a number from 0 to 86400")
    return float(value)


def _flag(name: str, body: Mapping[str, object]) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise BodyError(f"{name} must be true or false")
    return value

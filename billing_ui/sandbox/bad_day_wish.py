"""Reads the order for a bad day; a day that makes no sense does not begin."""

from typing import Any

from billing_ui.sandbox.bad_day import FAULT_RATES, GHOSTS, PAYER_RATES, WEBHOOK_RATES, Plan
from billing_ui.sandbox.bodies import BodyError
from billing_ui.sandbox.faults import CALLS
from billing_ui.sandbox.modes import CHOICES
from billing_ui.sandbox.wishes import read_only, read_whole

_PATIENCE_S = 3_600


def read_plan(body: dict[str, Any]) -> Plan:
    known = {"seed", "payments", "payers", "pay_after_s", "webhooks", "hang_ms", "gateways", "rates", "faults"}
    read_only(body, known)
    plain = Plan()
    rates = _rates("rates", body.get("rates", {}), {**WEBHOOK_RATES, **PAYER_RATES, "ghosts": GHOSTS})
    payments, payers = body.get("payments"), body.get("payers", True)
    webhooks = body.get("webhooks", plain.webhooks)
    gateways = body.get("gateways", list(plain.gateways))
    if not isinstance(payers, bool):
        raise BodyError("payers must be true or false")
    if webhooks not in CHOICES["webhooks"]:
        raise BodyError(f"webhooks must be one of {', '.join(CHOICES['webhooks'])}")
    if not isinstance(gateways, list) or not all(name in CALLS for name in gateways):
        raise BodyError(f"gateways must be a list of {', '.join(CALLS)}")
    return Plan(
        seed=read_whole("seed", body.get("seed", plain.seed), 0, 2**53),
        payments=None if payments is None else read_whole("payments", payments, 0, 10**9),
        payers=payers,
        pay_after_s=_span(body.get("pay_after_s", list(plain.pay_after_s))),
        webhooks=webhooks,
        hang_ms=read_whole("hang_ms", body.get("hang_ms", plain.hang_ms), 0, 120_000),
        gateways=tuple(gateways),
        ghosts=rates["ghosts"],
        webhook_rates=_group(rates, WEBHOOK_RATES),
        payer_rates=_group(rates, PAYER_RATES),
        fault_rates=_group(_rates("faults", body.get("faults", {}), FAULT_RATES), FAULT_RATES),
    )


def _rates(name: str, said: object, usual: dict[str, float]) -> dict[str, float]:
    if not isinstance(said, dict) or not said.keys() <= usual.keys():
        raise BodyError(f"{name} must be an object of {', '.join(usual)}")
    for rate, value in said.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise BodyError(f"{name}.{rate} must be a number from 0 to 1")
    return {**usual, **said}


def _group(rates: dict[str, float], names: dict[str, float]) -> dict[str, float]:
    group = {name: rates[name] for name in names}
    if sum(group.values()) > 1:
        raise BodyError(f"{', '.join(group)} are shares of one whole: together at most 1")
    return group


def _span(said: object) -> tuple[float, float]:
    if isinstance(said, list) and len(said) == 2 and all(type(each) in {int, float} for each in said):
        low, high = float(said[0]), float(said[1])
        if 0 <= low <= high <= _PATIENCE_S:
            return low, high
    raise BodyError(f"pay_after_s must be [least, most], seconds from 0 to {_PATIENCE_S}")

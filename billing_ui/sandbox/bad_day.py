"""How bad a bad day is: its rates, and the dice that turn a seed and a number into a fate. Nothing happens here."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

WEBHOOK_RATES = {"lost": 0.30, "doubled": 0.30, "reordered": 0.10}
PAYER_RATES = {
    "wrong_amount": 0.05,
    "late": 0.05,
    "twice": 0.03,
    "second_try": 0.05,
    "declined": 0.02,
    "unpaid": 0.03,
}
FAULT_RATES = {
    "timeout_after_commit": 0.02,
    "timeout": 0.01,
    "500": 0.03,
    "html_502": 0.01,
    "empty_503": 0.01,
    "connection_reset": 0.01,
    "429": 0.0,
}
GHOSTS = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody ordered. The shares of one group never overlap; what is left of 1 goes well."""

    seed: int = 1
    payments: int | None = None
    """So many requests have payers, later ones have none; None is all of them."""
    payers: bool = True
    pay_after_s: tuple[float, float] = (0.1, 1.0)
    webhooks: str = "mixed"
    hang_ms: int = 3_000
    gateways: tuple[str, ...] = ("xendit",)
    ghosts: float = GHOSTS
    """Of the requests whose answer never reached the app: how many are paid all the same."""
    webhook_rates: dict[str, float] = field(default_factory=lambda: dict(WEBHOOK_RATES))
    payer_rates: dict[str, float] = field(default_factory=lambda: dict(PAYER_RATES))
    fault_rates: dict[str, float] = field(default_factory=lambda: dict(FAULT_RATES))

    def view(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "payments": self.payments,
            "payers": self.payers,
            "pay_after_s": list(self.pay_after_s),
            "webhooks": self.webhooks,
            "hang_ms": self.hang_ms,
            "gateways": list(self.gateways),
            "rates": {**self.webhook_rates, **self.payer_rates, "ghosts": self.ghosts},
            "faults": self.fault_rates,
        }


class Dice:
    """The nth webhook, request and call of a day meet the same fate whenever the seed is the same."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._thrown: dict[str, int] = {}

    def throw(self, kind: str) -> Random:
        self._thrown[kind] = number = self._thrown.get(kind, 0) + 1
        return Random(f"{self._plan.seed}/{kind}/{number}")

    def webhook(self) -> tuple[str, Random]:
        return self._share("webhook", self._plan.webhook_rates)

    def payer(self) -> tuple[str, Random]:
        return self._share("payer", self._plan.payer_rates)

    def fault(self) -> str:
        return self._share("call", self._plan.fault_rates)[0]

    def _share(self, kind: str, rates: dict[str, float]) -> tuple[str, Random]:
        """Which share the throw falls into; empty when it falls into none."""
        dice = self.throw(kind)
        point, edge = dice.random(), 0.0
        for name, rate in rates.items():
            edge += rate
            if point < edge:
                return name, dice
        return "", dice


def wrong_amount(amount: int, dice: Random) -> int:
    """Too little, too much, or a zero forgotten; never nothing and never what was asked."""
    return dice.choice([wrong for wrong in (amount - 1, amount + 1_000, amount // 10) if 0 < wrong != amount])

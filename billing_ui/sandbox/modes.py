"""Which of Xendit's generations the webhooks belong to, and how a refund asked for by the app turns out."""

from dataclasses import dataclass, fields
from random import Random
from typing import Any

from billing_ui.sandbox.bodies import BodyError

SHAPES = ("v3", "v2", "invoice")
CHOICES: dict[str, tuple[str, ...]] = {
    "webhooks": (*SHAPES, "mixed"),
    "expiry": ("payment_request.expiry", "payment_request.expired"),
    "refunds": ("flat", "nested"),
    "refund_outcome": ("succeeded", "failed", "pending"),
}


@dataclass(slots=True)
class Modes:
    webhooks: str = "v3"
    """`mixed` throws a die for each happening."""
    expiry: str = "payment_request.expiry"
    """The name under which the end of a request is told; apps have seen both."""
    request_events: bool = False
    """Also tell `payment_request.succeeded` and `.failed`, as some accounts see them."""
    refunds: str = "flat"
    refund_outcome: str = "succeeded"
    refund_after_s: int = 1

    def set(self, wanted: dict[str, Any]) -> None:
        """All of it or nothing."""
        for name, value in wanted.items():
            if not _fits(name, value):
                raise BodyError(f"mode {name} knows no {value!r}")
        for name, value in wanted.items():
            setattr(self, name, value)

    def view(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def shape(self, dice: Random) -> str:
        return dice.choice(SHAPES) if self.webhooks == "mixed" else self.webhooks


def _fits(name: str, value: object) -> bool:
    if name == "request_events":
        return isinstance(value, bool)
    if name == "refund_after_s":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 30 * 86_400
    return value in CHOICES.get(name, ())

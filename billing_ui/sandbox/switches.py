"""What a person or a test may break on purpose, for as long as it stays broken."""

from dataclasses import dataclass, field
from typing import Any

from billing_ui.sandbox.channels import CHANNELS

WEBHOOKS = ("deliver", "hold", "drop")


class SwitchError(ValueError):
    """A switch that does not exist, or a position it does not have."""


@dataclass(slots=True)
class Switches:
    webhooks: str = "deliver"
    """Told at once, kept until somebody lets them go, or lost for good."""
    copies: int = 1
    """How often each webhook is sent, all copies together."""
    reorder: bool = False
    """Of two webhooks in a row the second arrives first."""
    wrong_token: bool = False
    webhook_latency_ms: int = 0
    """How long each delivery is under way."""
    channels_down: set[str] = field(default_factory=set)

    def set(self, wanted: dict[str, Any]) -> None:
        """All of it or nothing."""
        for name, value in wanted.items():
            if not _fits(name, value):
                raise SwitchError(f"switch {name} has no position {value!r}")
        for name, value in wanted.items():
            setattr(self, name, set(value) if name == "channels_down" else value)

    def view(self) -> dict[str, Any]:
        return {
            "webhooks": self.webhooks,
            "copies": self.copies,
            "reorder": self.reorder,
            "wrong_token": self.wrong_token,
            "webhook_latency_ms": self.webhook_latency_ms,
            "channels_down": sorted(self.channels_down),
        }


def _fits(name: str, value: object) -> bool:
    if name in {"reorder", "wrong_token"}:
        return isinstance(value, bool)
    if name in {"webhook_latency_ms", "copies"}:
        least, most = (1, 50) if name == "copies" else (0, 60_000)
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    if name == "channels_down":
        return isinstance(value, list) and all(code in CHANNELS for code in value)
    return name == "webhooks" and value in WEBHOOKS

"""What a person or a test may break on purpose."""

from dataclasses import dataclass, field
from typing import Any

from billing_ui.sandbox.channels import CHANNELS

FAULTS = ("server_error", "html_502", "empty_503", "rate_limited", "timeout_before", "timeout_after", "cut")


class SwitchError(ValueError):
    """A switch that does not exist, or a position it does not have."""


@dataclass(slots=True)
class Switches:
    drop_webhooks: bool = False
    wrong_token: bool = False
    latency_ms: int = 0
    channels_down: set[str] = field(default_factory=set)
    fault: str = ""
    """What the next Xendit call meets; it meets it once."""
    mail_fault: str = ""

    def set(self, wanted: dict[str, Any]) -> None:
        """All of it or nothing."""
        for name, value in wanted.items():
            if not _fits(name, value):
                raise SwitchError(f"switch {name} has no position {value!r}")
        for name, value in wanted.items():
            setattr(self, name, set(value) if name == "channels_down" else value)

    def take_fault(self) -> str:
        fault, self.fault = self.fault, ""
        return fault

    def take_mail_fault(self) -> str:
        fault, self.mail_fault = self.mail_fault, ""
        return fault

    def view(self) -> dict[str, Any]:
        return {
            "drop_webhooks": self.drop_webhooks,
            "wrong_token": self.wrong_token,
            "latency_ms": self.latency_ms,
            "channels_down": sorted(self.channels_down),
            "fault": self.fault,
            "mail_fault": self.mail_fault,
        }


def _fits(name: str, value: object) -> bool:
    if name in {"drop_webhooks", "wrong_token"}:
        return isinstance(value, bool)
    if name == "latency_ms":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 60_000
    if name == "channels_down":
        return isinstance(value, list) and all(code in CHANNELS for code in value)
    return name in {"fault", "mail_fault"} and (value == "" or value in FAULTS)

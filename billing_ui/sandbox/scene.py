"""The scenario that is being played, if any, and the last one that was."""

from dataclasses import dataclass
from typing import Any, Protocol

from billing_ui.sandbox.state import PaymentRequest


class Day(Protocol):
    @property
    def is_on(self) -> bool: ...

    def created(self, request: PaymentRequest) -> None: ...

    def report(self) -> dict[str, Any]: ...

    async def end(self) -> None: ...


@dataclass(slots=True)
class Scene:
    day: Day | None = None
    last: Day | None = None

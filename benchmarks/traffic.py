"""Events as host apps tell them, the same in every run: any account or one, and one in twenty told once more."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from random import Random

from billing_ui.services.usage import Usage

REPEATED_PERCENT = 5
OPERATIONS = ("chat", "draft", "search", "review")
MODELS = ("swift-1", "swift-2", "deep-1", "deep-2", "wide-1", "wide-2")
_REMEMBERED = 2000


class Traffic:
    """Counts what it tells, so that afterwards the books can be held against it."""

    def __init__(self, name: str, accounts: Sequence[int], seed: int = 1) -> None:
        self.name, self._accounts, self._dice = name, accounts, Random(seed)
        self._told: deque[Usage] = deque(maxlen=_REMEMBERED)
        self.events = 0
        self.tokens = 0
        self.repeats = 0

    def __call__(self) -> Usage:
        dice = self._dice
        if self._told and dice.randrange(100) < REPEATED_PERCENT:
            self.repeats += 1
            return self._told[dice.randrange(len(self._told))]
        self.events += 1
        used, made = dice.randrange(1, 2000), dice.randrange(1, 1000)
        self.tokens += used + made
        event = Usage(
            self._accounts[dice.randrange(len(self._accounts))], f"{self.name}{self.events:09}",
            operation=OPERATIONS[dice.randrange(4)], model=MODELS[dice.randrange(6)], input_tokens=used,
            output_tokens=made, session=f"s{dice.randrange(1000)}",
        )  # fmt: skip
        self._told.append(event)
        return event

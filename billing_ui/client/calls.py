"""A block around an AI call: set aside before, charged what it took after, let go of when it fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from billing_ui.client import asks
from billing_ui.client.answers import Charged, Held
from billing_ui.client.errors import BillingProblem, Passing
from billing_ui.client.lines import Line
from billing_ui.client.patience import LETTING_GO, Patience
from billing_ui.client.reservations import (
    Actual,
    Reservation,
    Unsettled,
    hand_over,
    warn_silent_stream,
    warn_unreleased,
    whose,
)
from billing_ui.client.streams import Watched
from billing_ui.client.tokens import Tokens

Chunk = TypeVar("Chunk")


class Call(Reservation):
    """Made by `Billing.reserve`."""

    def __init__(
        self, line: Line, estimate: Mapping[str, Any], held: Held, patience: Patience,
        on_unsettled: Callable[[Unsettled], object],
    ) -> None:  # fmt: skip
        super().__init__(estimate, held)
        self._line = line
        self._patience = patience
        self._on_unsettled = on_unsettled
        self._passing: Generator[Any, None, None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._passing is not None and self._has_begun:
            self._passing.close()
        elif not self._is_handed_on or error is not None:
            self.release()
        # Whoever reads on holds the stream alone, so that it ends when they drop it.
        self._passing = None

    def settle(self, usage: object = None, /, **told: Unpack[Actual]) -> Charged | None:
        """Charges what the call took: a usage object of its provider, numbers, or nothing for the whole estimate.

        None means that the billing desk is away; the event was given to `on_unsettled`.
        """
        event = self._event(usage, told)
        self._end(is_settled=True)
        try:
            self.charged = self._line.settle(event, self._patience)
        except BaseException as stopped:
            self.state = "unsettled"
            hand_over(self._on_unsettled, Unsettled(event, stopped))
            if isinstance(stopped, Passing):
                return None
            raise
        return self.charged

    def release(self) -> None:
        """Lets go of what was set aside: the call was not made. What cannot be told lets go of itself in time."""
        if self.state != "open":
            return
        self._end(is_settled=False)
        try:
            self._line.do(asks.release(self.event_id, whose(self._estimate)), LETTING_GO)
        except BillingProblem as problem:
            warn_unreleased(self, problem)

    def stream(self, chunks: Iterable[Chunk], /, **told: Unpack[Actual]) -> Generator[Chunk, None, None]:
        """Passes the chunks on and settles at their end by what they told. A reader who stops early pays for the input
        as told and for the output as estimated; a provider that breaks off, for what it told, else nothing."""
        self._begin_stream()
        self._passing = self._pass_on(chunks, told)
        return self._passing

    def _pass_on(self, chunks: Iterable[Chunk], told: Actual) -> Generator[Chunk, None, None]:
        watched = Watched()
        self._has_begun = True
        try:
            for chunk in chunks:
                watched.see(chunk)
                yield chunk
        except GeneratorExit:
            self._settle_open(self._cut_short(watched), told)
            _close(chunks)
            raise
        except BaseException:
            if watched.told() is None:
                self.release()
            else:
                self._settle_open(watched.told(), told)
            raise
        if watched.told() is None:
            warn_silent_stream(self)
        self._settle_open(self._cut_short(watched), told)

    def _settle_open(self, tokens: Tokens | None, told: Actual) -> None:
        """Whoever reads a stream may have settled it by hand."""
        if self.state == "open":
            self.settle(tokens, **told)


def _close(chunks: object) -> None:
    """Hangs up at the provider, so that it stops making what nobody reads."""
    close = getattr(chunks, "close", None)
    if callable(close):
        close()

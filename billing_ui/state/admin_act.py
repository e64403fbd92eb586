"""What every act at the desk shares: a dialog that asks, one try at a time, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol, TypeVar, cast

import reflex as rx

from billing_ui import runtime
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError, FieldInvalid
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.feedback import NOTHING, told

Box = Literal["name", "note", "number", "typed"]
SHORTEST_NOTE = 10


class Done(Protocol):
    @property
    def payment(self) -> str: ...


_Came = TypeVar("_Came")
_Done = TypeVar("_Done", bound=Done)


class DeskDialog(rx.State, mixin=True):
    """`case` is what the dialog is about, read when it opens; `times` empties its boxes for the next case."""

    opened: rx.Field[bool] = rx.field(False)
    times: rx.Field[int] = rx.field(0)
    case: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    _boxes: dict[Box, str] = {}  # noqa: RUF012 - the framework copies it for each tab

    @rx.event
    @policy("operator", perm="accounts.read")
    async def write(self, box: Box, words: str) -> None:
        """What was typed stays here: a page has no use for it."""
        self._boxes = {**self._boxes, box: words.strip()}

    @rx.event
    @policy("operator", perm="accounts.read")
    async def close(self) -> None:
        """Also whenever a page is opened: a question belongs to the page it was asked on."""
        self._forget()

    def _open(self, case: dict[str, Any]) -> None:
        self._forget()
        self.case, self.opened, self.times = case, True, self.times + 1

    def _forget(self) -> None:
        times = self.times
        cast(Any, self).reset()
        self.times = times

    def _box(self, name: Box) -> str:
        return self._boxes.get(name, "")

    async def _try(
        self, act: Callable[[Actor], _Came], then: Callable[[_Came], Awaitable[None]]
    ) -> AsyncGenerator[None, None]:
        """A refusal stays in the dialog. What came of it is told once the dialog has gone."""
        who = viewer(self)
        if who is None or self.busy or not self.opened:
            return
        self.busy, self.error = True, dict(NOTHING)
        yield
        try:
            came = await runtime.run(act, who.actor)
        except BillingError as problem:
            self.error = told(problem)
            return
        finally:
            self.busy = False
        self._forget()
        await then(came)


class DeskAct(DeskDialog, mixin=True):
    """An act on money, from the file of a payment."""

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def write(self, box: Box, words: str) -> None:
        self._boxes = {**self._boxes, box: words.strip()}

    async def _act(
        self, act: Callable[[Actor], _Done], outcome: Callable[[_Done, dict[str, Any]], dict[str, Any]]
    ) -> AsyncGenerator[None, None]:
        """What came of it is said on the page, in words of the file as it is then."""

        async def then(done: _Done) -> None:
            desk = await self.get_state(AdminPayment)
            desk.error = dict(NOTHING)
            await desk._open(done.payment)
            desk.told = outcome(done, desk.file)

        async for step in self._try(act, then):
            yield step


def require(wrong: Mapping[str, bool]) -> None:
    """Says which part of the dialog is missing."""
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise FieldInvalid(field=name, why="required")

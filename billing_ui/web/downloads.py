"""Long files: an account is sent a few at a time by this process, and nobody keeps a place who has gone."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from billing_ui.rules.errors import TooManyAtOnce

AT_ONCE = 2
COME_BACK_S = 10
# Whoever takes nothing for so long has gone without a goodbye, as phones do.
PATIENCE_S = 60.0
log = logging.getLogger(__name__)


class Places:
    """How many files each account is being sent; asked from the event loop only."""

    def __init__(self) -> None:
        self._taken: Counter[int] = Counter()

    def require(self, account_id: int) -> None:
        if self._taken[account_id] >= AT_ONCE:
            raise TooManyAtOnce(most=AT_ONCE, retry_after_s=COME_BACK_S)

    @contextmanager
    def one(self, account_id: int) -> Iterator[None]:
        self._taken[account_id] += 1
        try:
            yield
        finally:
            self._taken[account_id] -= 1
            self._taken += Counter()  # forgets who has none


# All files of this process share them.
PLACES = Places()


class Download(StreamingResponse):
    """Refused when its account has no place left; otherwise holds one while it is sent, however that ends."""

    def __init__(
        self, places: Places, account_id: int, pieces: AsyncIterator[bytes], media_type: str, headers: Mapping[str, str]
    ) -> None:
        places.require(account_id)
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._places, self._account_id = places, account_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def patiently(message: Message) -> None:
            async with asyncio.timeout(PATIENCE_S):
                await send(message)

        # Nothing is awaited between the refusal and here, so no other request slips in.
        with self._places.one(self._account_id):
            try:
                await super().__call__(scope, receive, patiently)
            except TimeoutError:
                log.info("a download was given up: its reader took nothing for %.0f s", PATIENCE_S)

"""What blocks is done for the usage writer in threads of its own: whoever waits for the writer cannot take them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="usage-apart")
_Answer = TypeVar("_Answer")
_Given = ParamSpec("_Given")


async def apart(work: Callable[_Given, _Answer], *args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
    return await asyncio.get_running_loop().run_in_executor(_POOL, partial(work, *args, **kwargs))

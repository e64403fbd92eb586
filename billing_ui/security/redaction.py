"""Keeps secrets out of the log, whoever wrote the line: ours, the framework's or the server's."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from billing_ui.kit.tracing import request_id

HIDDEN = "[hidden]"
_CHATTY = ("httpx", "httpcore", "urllib3", "alembic")  # each tells of every call it makes
_NAMED = re.compile(
    r"""(?ix)
    (?P<name> \b(?:cookie|set-cookie|authorization|x-callback-token|stripe-signature|password|secret|token|api[_-]?key)
        ["']? \s* (?:[=:]|,\s*) \s*)
    (?: "[^"]*" | '[^']*' | (?:(?:bearer|basic)\s+)? [^\s"',;&}\])]+ )
    """
)
_SHAPED = re.compile(
    r"\b(?:xnd_(?:development|production|public)_[\w-]+|[bsrp]k_(?:live|test)_\w+|whsec_\w+|re_\w{8,})"
    r"|(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{52}(?![0-9a-z])"
)


def redact(text: str) -> str:
    """The text without what opens a door."""
    return _SHAPED.sub(HIDDEN, _NAMED.sub(lambda found: f"{found['name']}{HIDDEN}", text))


class RedactingFormatter(logging.Formatter):
    """The last look at a line, tracebacks included; it also says which request the line belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id() or "-"
        return redact(super().format(record))


def install(level: str) -> None:
    """Redacts every record as it is made, and sets up the root log. Once per process."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)-7s %(request_id)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, RedactingFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.setLogRecordFactory(_record)


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    if isinstance(record.msg, str):
        record.msg = redact(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(_clean(one) for one in record.args)
    elif isinstance(record.args, Mapping):
        record.args = {name: _clean(one) for name, one in record.args.items()}
    return record


def _clean(value: object) -> object:
    return redact(value) if isinstance(value, str) else value

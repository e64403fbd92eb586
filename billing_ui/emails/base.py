"""The port of the post office: one rendered mail, and the two ways a provider can say no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

_LONGEST_KEY = 256
_TAG = re.compile(r"[A-Za-z0-9_-]{0,256}")


class MailRejected(Exception):
    """This mail will never be sent as it is; trying again changes nothing."""


class MailUnavailable(Exception):
    """Not sent, or nobody knows: the same mail under the same key may be tried again, after `retry_after_s` if told."""

    def __init__(self, why: str, retry_after_s: int | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(why)


class MailTaken(Exception):
    """The provider has taken a mail under this key before, in other words: its reader changed the language between a
    try whose answer was lost and the next one. The key says what a mail is for, so it has been sent."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `key` says what it is for: the same key is the same mail, at the provider too. `tag`
    comes back with all news of it."""

    to: str
    subject: str
    html: str
    text: str
    key: str
    tag: str = ""

    def __post_init__(self) -> None:
        # A line break here would let a name write headers of its own.
        if not all(line and line.isprintable() for line in (self.to, self.subject, self.key)):
            raise MailRejected("address, subject and key are single printable lines")
        if self.to.count("@") != 1 or any(mark in self.to for mark in ",;<> "):
            raise MailRejected("a mail goes to exactly one plain address")
        if len(self.key) > _LONGEST_KEY or not self.key.isascii():
            raise MailRejected(f"a mail key is ASCII of at most {_LONGEST_KEY} characters")
        if not _TAG.fullmatch(self.tag):
            raise MailRejected("a tag is ASCII letters, digits, dashes and underscores")


class Mailer(Protocol):
    """Sends a mail and answers with the provider's id for it. Raises MailRejected, MailUnavailable or MailTaken."""

    def send(self, mail: Mail) -> str: ...

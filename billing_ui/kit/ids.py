"""The only place that is random: public ids that introduce themselves, and secrets for cookies and mail links."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from random import Random

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in CROCKFORD for second in CROCKFORD)
_LETTERS = bytes(ord(CROCKFORD[byte % 32]) for byte in range(256))
_CHARACTERS = 26


def crockford(number: int) -> str:
    """128 bits as 26 characters that nobody misreads (no i, l, o, u)."""
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(5 * (_CHARACTERS - 2), -1, -10)])


class Ids:
    """Makes ids and secrets from the operating system's random source, or from a seed in tests."""

    def __init__(self, bits: Callable[[int], int] = secrets.randbits) -> None:
        self._bits = bits

    @classmethod
    def seeded(cls, seed: int) -> Ids:
        return cls(Random(seed).getrandbits)  # noqa: S311 - only for tests and replays

    def public(self, prefix: str) -> str:
        return f"{prefix}_{self._letters(_CHARACTERS)}"

    def secret(self) -> str:
        """260 random bits as text, for a cookie or a link. Only its `digest` is ever stored."""
        return self._letters(2 * _CHARACTERS)

    def code(self, length: int) -> str:
        """So many characters to copy from paper: no secret that opens a door, but too many to try them all."""
        return self._letters(length)

    def _letters(self, count: int) -> str:
        """Each of a byte of its own, of which five bits count: every letter is as likely as every other."""
        return self._bits(8 * count).to_bytes(count, "big").translate(_LETTERS).decode("ascii")

    def jitter(self, span: int) -> int:
        """A whole number from 0 to span - 1, to spread retries."""
        return self._bits(32) % max(span, 1)


def digest(secret: str) -> str:
    """How a secret is stored: its SHA-256, so that a copy of the database opens no door."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

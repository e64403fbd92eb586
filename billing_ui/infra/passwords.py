"""Passwords as argon2id hashes. Verifying against nothing takes as long as verifying against something."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and verifies. The cost is a parameter so that tests need not pay the one of production."""

    def __init__(self, *, memory_kib: int = 19_456, rounds: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one. Someone unknown (None) costs the same time and is refused."""
        try:
            matches = self._hasher.verify(stored or self._nobody, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
        return matches and stored is not None

    def stale(self, stored: str) -> bool:
        """Whether the hash was made at another cost and should be renewed at the next sign-in."""
        return self._hasher.check_needs_rehash(stored)

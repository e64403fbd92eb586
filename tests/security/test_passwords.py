"""Passwords are argon2id, and a stranger costs as much time as a customer."""

from __future__ import annotations

import time

from billing_ui.infra.passwords import Passwords

PASSWORD = "sandi yang cukup panjang"


def test_the_right_password_and_no_other_is_accepted() -> None:
    passwords = Passwords()
    stored = passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != passwords.hash(PASSWORD)
    assert passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, PASSWORD + " ")
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify(None, "nobody has this password")
    assert not passwords.verify("not a hash", PASSWORD)


def test_any_sign_may_stand_in_a_password() -> None:
    passwords = Passwords(memory_kib=64, rounds=1)
    for password in ("пароль 🙂 ключ", "a\x00b\ud800c", " " * 12):
        assert passwords.verify(passwords.hash(password), password)
    assert not passwords.verify(passwords.hash("a\x00b"), "a\x00c")


def test_a_hash_of_another_cost_is_renewed() -> None:
    cheap, dear = Passwords(memory_kib=64, rounds=1), Passwords()
    assert dear.stale(cheap.hash(PASSWORD))
    assert not dear.stale(dear.hash(PASSWORD))


def test_a_stranger_takes_as_long_as_a_customer() -> None:
    passwords = Passwords()
    stored = passwords.hash(PASSWORD)

    def fastest(against: str | None) -> float:
        took = []
        for _ in range(9):
            started = time.process_time()
            passwords.verify(against, "wrong wrong")
            took.append(time.process_time() - started)
        return min(took)

    assert 0.6 < fastest(None) / fastest(stored) < 1.6

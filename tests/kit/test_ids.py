"""Ids and secrets: they introduce themselves, do not repeat, and are stored as digests only."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.ids import CROCKFORD, Ids, crockford, digest


def test_a_public_id_says_what_it_is_and_holds_130_bits() -> None:
    assert re.fullmatch(rf"acc_[{CROCKFORD}]{{26}}", Ids().public("acc"))


def test_every_letter_is_as_likely_as_every_other() -> None:
    ids = Ids.seeded(3)
    letters = Counter("".join(ids.public("x")[2:] for _ in range(5_000)))
    assert set(letters) == set(CROCKFORD)
    assert max(letters.values()) < 1.1 * min(letters.values())


def test_ids_do_not_repeat() -> None:
    ids = Ids()
    assert len({ids.public("x") for _ in range(1000)}) == 1000


def test_a_secret_is_twice_as_long_and_never_stored_as_it_is() -> None:
    secret = Ids().secret()
    assert re.fullmatch(rf"[{CROCKFORD}]{{52}}", secret)
    assert re.fullmatch("[0-9a-f]{64}", digest(secret))
    assert digest(secret) == digest(secret) != digest(secret + " ")


def test_a_digest_of_text_that_is_no_text_is_still_a_digest() -> None:
    assert digest("\ud800") != digest("\ud801")


def test_seeded_ids_repeat_themselves() -> None:
    first, second = Ids.seeded(7), Ids.seeded(7)
    assert [first.public("a"), first.secret()] == [second.public("a"), second.secret()]
    assert Ids.seeded(8).public("a") != Ids.seeded(7).public("a")


@given(st.integers(0, 2**128 - 1))
def test_the_letters_of_an_id_can_be_read_back(number: int) -> None:
    read = 0
    for letter in crockford(number):
        read = read * 32 + CROCKFORD.index(letter)
    assert read == number


@pytest.mark.parametrize("span", [0, 1, 2, 10])
def test_jitter_stays_within_its_span(span: int) -> None:
    ids = Ids.seeded(1)
    assert all(0 <= ids.jitter(span) < max(span, 1) for _ in range(100))


def test_no_letter_of_an_id_is_easily_misread() -> None:
    assert not set("ilou") & set(CROCKFORD)
    assert len(CROCKFORD) == 32

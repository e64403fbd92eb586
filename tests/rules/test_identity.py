"""What an address, a name, a password, a zone and a device may look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules import identity
from billing_ui.rules.errors import FieldInvalid, Invalid, PasswordTooShort


@pytest.mark.parametrize(
    ("given_address", "stored"),
    [(" Rani@Pelanggan.TEST ", "rani@pelanggan.test"), ("a.b+c@sub.example.co.id", "a.b+c@sub.example.co.id")],
)
def test_an_address_is_stored_as_it_is_compared(given_address: str, stored: str) -> None:
    assert identity.email(given_address) == stored


@pytest.mark.parametrize(
    "address",
    ["", "rani", "@b.test", "a@", "a@b", "a@b..test", "a@-b.test", "a b@c.test", "a@b.test\n", "a@b.test,c@d.test",
     "<a@b.test>", "a@b.test\r\nbcc: x@y.test", "а@b.test", "a@b.t3st" + "x" * 300, "a@" + "b" * 250 + ".test"],
)  # fmt: skip
def test_what_cannot_be_mailed_is_no_address(address: str) -> None:
    if address == "a@b.test\n":
        assert identity.email(address) == "a@b.test"
        return
    with pytest.raises(FieldInvalid):
        identity.email(address)


@given(st.text(max_size=300))
def test_an_address_is_either_refused_or_one_plain_line(text: str) -> None:
    try:
        address = identity.email(text)
    except FieldInvalid:
        return
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert identity.email(address) == address


def test_a_password_may_be_any_text_of_a_length_that_can_be_hashed() -> None:
    assert identity.password("ü" * 12) == "ü" * 12
    with pytest.raises(PasswordTooShort):
        identity.password("x" * (identity.SHORTEST_PASSWORD - 1))
    with pytest.raises(FieldInvalid, match="password"):
        identity.password("x" * (identity.LONGEST_PASSWORD + 1))


def test_a_name_is_one_printable_line_or_the_fallback() -> None:
    assert identity.name("  Rani  ", otherwise="x") == "Rani"
    assert identity.name("   ", otherwise="rani") == "rani"
    for wrong in ("a\nb", "a\rb", "a\x00b", "a\u2028b", "x" * 81):
        with pytest.raises(FieldInvalid):
            identity.name(wrong, otherwise="x")


@given(st.text(max_size=220))
def test_only_the_length_of_a_password_is_ruled(password: str) -> None:
    if len(password) < identity.SHORTEST_PASSWORD:
        with pytest.raises(PasswordTooShort):
            identity.password(password)
    elif len(password) > identity.LONGEST_PASSWORD:
        with pytest.raises(Invalid):
            identity.password(password)
    else:
        assert identity.password(password) == password


def test_a_zone_or_language_unknown_to_us_becomes_the_fallback() -> None:
    assert identity.zone("Asia/Jayapura", "Asia/Jakarta") == "Asia/Jayapura"
    assert identity.zone("Mars/Olympus", "Asia/Jakarta") == "Asia/Jakarta"
    assert [identity.language(word, "id") for word in ("en", "id", "fr", "")] == ["en", "id", "id", "id"]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox, Linux"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_what_people_call_it(agent: str, name: str) -> None:
    assert identity.device_name(agent) == name

"""The cookie is read exactly, and nobody is led off the site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.ids import Ids
from billing_ui.security.cookies import (
    drop_cookie,
    form_cookie,
    read_cookie,
    read_form_cookie,
    set_cookie,
)
from billing_ui.security.redirects import HOME, safe_path, sign_in_path

SECRET = Ids.seeded(1).secret()


def test_on_https_the_cookie_is_bound_to_the_host() -> None:
    header = set_cookie(SECRET, is_https=True)
    assert header.startswith(f"__Host-billing_session={SECRET}; Path=/; ")
    assert header.endswith("; HttpOnly; SameSite=Lax; Secure")
    assert "Domain" not in header


def test_a_dropped_cookie_is_empty_and_over() -> None:
    assert "billing_session=; Path=/; Max-Age=0;" in drop_cookie(is_https=False)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"billing_session={SECRET}", True),
        (f"a=b; billing_session={SECRET}; c=d", True),
        (f"a=b;billing_session={SECRET}", True),
        ("", False),
        ("billing_session=", False),
        (f"billing_session={SECRET}x", False),
        (f"billing_session={SECRET.upper()}", False),
        (f"xbilling_session={SECRET}", False),
        (f"__Host-billing_session={SECRET}", False),
        (f"a=billing_session={SECRET}", False),
        (f"billing_session={'x' * 100_000}", False),
        (f"billing_session=; billing_session={SECRET}", False),
    ],
)
def test_only_a_secret_of_ours_under_its_exact_name_is_read(header: str, found: bool) -> None:
    assert read_cookie(header, is_https=False) == (SECRET if found else None)


def test_on_https_a_cookie_planted_without_the_host_prefix_is_ignored() -> None:
    assert read_cookie(f"billing_session={SECRET}", is_https=True) is None
    assert read_cookie(f"__Host-billing_session={SECRET}", is_https=True) == SECRET


def test_what_was_typed_comes_back_and_nothing_more() -> None:
    header = form_cookie({"email": "a b;c=d@é.test", "name": "x" * 500}, is_https=False)
    pair = header.partition(";")[0]
    assert read_form_cookie(f"q=1; {pair}") == {"email": "a b;c=d@é.test", "name": "x" * 300}
    assert "Max-Age=0" in form_cookie({}, is_https=False)
    assert read_form_cookie("billing_form=" + "x" * 9_000) == {}


@pytest.mark.parametrize(
    "path",
    ["/", "/subscription/plans", "/pay/top_1/", "/a?b=c&d=%2F%2Fevil.test", "/a#part", "/a/b.c/d-e_f~g"],
)
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert safe_path(path) == path


@given(st.text(max_size=30))
def test_whatever_is_wanted_the_answer_stays_on_this_site(wanted: str) -> None:
    for given_path in (wanted, "/" + wanted, "//" + wanted, "/\\" + wanted):
        path = safe_path(given_path)
        assert path[0] == "/"
        assert path[1:2] not in ("/", "\\")
        assert path.isascii()
        assert not any(sign.isspace() or sign == "\\" or not sign.isprintable() for sign in path)


@pytest.mark.parametrize(
    "wanted",
    [
        "/..//evil.test",
        "/.//evil.test",
        "/%2e%2e//evil.test",
        "/a//evil.test",
        "/a/../session/sign-out",
        "/./x",
        "/a/..",
    ],
)
def test_a_path_that_must_be_tidied_first_is_dropped(wanted: str) -> None:
    assert safe_path(wanted) == HOME


def test_nothing_wanted_leads_home() -> None:
    assert safe_path(None) == safe_path("") == HOME


def test_the_way_back_is_quoted() -> None:
    assert sign_in_path("/pay/x/?a=1&b=2") == "/auth/?redirect_url=/pay/x/%3Fa%3D1%26b%3D2"
    assert sign_in_path("//evil.test") == "/auth/"

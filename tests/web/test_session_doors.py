"""Native forms: what they set, where they lead, and whose forms are refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from billing_ui import runtime
from billing_ui.infra.db import Database
from billing_ui.models import AuthSession, User
from billing_ui.security.cookies import read_form_cookie
from billing_ui.security.wrap import wrap
from billing_ui.services import identity
from billing_ui.web.routes import add_doors
from tests.services.test_identity import mailed_links
from tests.world import World, open_world

HERE = "http://127.0.0.1:3000"
EMAIL, PASSWORD = "rani@pelanggan.test", "sandi yang cukup panjang"
NEW = {"email": EMAIL, "password": PASSWORD, "name": "Rani", "zone": "Asia/Jayapura", "language": "en"}


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    doors = Starlette()
    add_doors(doors)
    transport = httpx.ASGITransport(wrap(doors), client=("10.0.0.7", 4_000))
    async with httpx.AsyncClient(transport=transport, base_url=HERE, headers={"origin": HERE}) as client:
        yield client


def count(world: World, table: type) -> int:
    with world.env.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0


def asked(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """The path an answer leads to, and its query."""
    assert answer.status_code == 303
    parts = urlsplit(answer.headers["location"])
    assert (parts.scheme, parts.netloc) == ("", "")
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


async def test_sign_up_sets_a_closed_cookie_and_leads_onward(world: World, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/session/sign-up", data={**NEW, "redirect_url": "/subscription/plans/?a=1"})
    assert answer.headers["location"] == "/subscription/plans/?a=1"
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("billing_session=")]
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Secure" not in cookie
    found = identity.find_session(world.env, browser.cookies["billing_session"])
    assert found is not None
    assert (found.user.name, found.account.zone, found.user.language) == ("Rani", "Asia/Jayapura", "en")
    assert answer.headers["cache-control"] == "no-store"


async def test_each_sign_in_is_given_a_new_secret_and_sign_out_ends_it(
    world: World, browser: httpx.AsyncClient
) -> None:
    await browser.post("/session/sign-up", data=NEW)
    first = browser.cookies["billing_session"]
    assert asked(await browser.post("/session/sign-in", data=NEW))[0] == "/subscription/overview/"
    second = browser.cookies["billing_session"]
    assert first != second
    assert asked(await browser.post("/session/sign-out"))[0] == "/auth/"
    assert "billing_session" not in browser.cookies
    assert identity.find_session(world.env, second) is None
    assert identity.find_session(world.env, first) is not None


async def test_sign_out_everywhere_ends_every_device(world: World, browser: httpx.AsyncClient) -> None:
    await browser.post("/session/sign-up", data=NEW)
    first = browser.cookies["billing_session"]
    await browser.post("/session/sign-in", data=NEW)
    second = browser.cookies["billing_session"]
    await browser.post("/session/sign-out-everywhere")
    assert [identity.find_session(world.env, secret) for secret in (first, second)] == [None, None]
    browser.cookies.clear()
    assert asked(await browser.post("/session/sign-out-everywhere"))[1]["error"] == "session_required"


async def test_a_refused_form_keeps_the_address_but_never_the_password(
    world: World, browser: httpx.AsyncClient
) -> None:
    wanted = {"email": EMAIL, "password": "wrong wrong", "redirect_url": "/subscription/plans"}
    answer = await browser.post("/session/sign-in", data=wanted)
    assert asked(answer) == ("/auth/", {"error": "bad_credentials", "redirect_url": "/subscription/plans"})
    assert read_form_cookie(f"a=b; billing_form={browser.cookies['billing_form']}") == {"email": EMAIL}
    assert "wrong" not in str(answer.headers)
    assert EMAIL not in answer.headers["location"]
    assert "billing_session" not in browser.cookies


async def test_a_short_password_leads_back_to_the_sign_up_tab(world: World, browser: httpx.AsyncClient) -> None:
    path, query = asked(await browser.post("/session/sign-up", data={**NEW, "password": "kurz"}))
    assert (path, query) == ("/auth/", {"tab": "signup", "error": "password_too_short", "minimum": "8"})


async def test_too_many_tries_say_when_to_come_back(world: World, browser: httpx.AsyncClient) -> None:
    for _ in range(5):
        await browser.post("/session/sign-in", data={"email": EMAIL, "password": "wrong wrong"})
    _, query = asked(await browser.post("/session/sign-in", data={"email": EMAIL, "password": PASSWORD}))
    assert query == {"error": "too_many_tries", "retry_at": "2026-11-21T03:15:00+00:00"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3001"},
        {"origin": "http://127.0.0.1:3000.evil.test"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "same-site"},
        {"origin": HERE, "sec-fetch-site": "none"},
    ],
)
async def test_a_form_from_another_site_is_refused_and_changes_nothing(
    world: World, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await browser.post("/session/sign-up", data=NEW, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (count(world, User), count(world, AuthSession)) == (0, 0)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test", "//evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/%2F/evil.test",
        "/%5cevil.test", "/\tevil.test", "/a\r\nset-cookie: x=1", "", "evil.test", " /x", "/é", "/session/sign-out",
        "/" + "a" * 2_000, "///evil.test", "/\x00",
    ],
)  # fmt: skip
async def test_no_form_leads_off_the_site(world: World, browser: httpx.AsyncClient, target: str) -> None:
    answer = await browser.post("/session/sign-up", data={**NEW, "redirect_url": target})
    if answer.status_code == 400:
        assert "\x00" in target
    else:
        assert answer.headers["location"] == "/subscription/overview/"


@pytest.mark.parametrize(
    ("send", "status"),
    [
        ({"content": b"{}", "headers": {"content-type": "application/json"}}, 415),
        ({"files": {"email": b"x"}}, 415),
        ({"data": {"email": "x" * 20_000}}, 413),
        ({"content": b"email=a&email=b", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
        ({"content": b"email=%ff", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
        ({"content": b"email=\xff", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
        ({"data": {"email": "a\x00b"}}, 400),
        ({"data": {f"field{number}": "x" for number in range(20)}}, 400),
    ],
)
async def test_what_is_no_form_of_ours_is_refused_without_a_trace(
    world: World, browser: httpx.AsyncClient, send: dict[str, object], status: int
) -> None:
    answer = await browser.post("/session/sign-in", **send)  # type: ignore[arg-type]  # wrong on purpose
    assert answer.status_code == status


async def test_a_body_that_never_ends_is_cut_off(world: World, browser: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 65_536
            yield b"a" * 65_536

    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await browser.post("/session/sign-in", content=endless(), headers=kind)
    assert answer.status_code == 413
    assert sent < 1_000_000


async def test_forgotten_passwords_are_answered_alike_and_reset_by_link(
    world: World, browser: httpx.AsyncClient
) -> None:
    await browser.post("/session/sign-up", data=NEW)
    old = browser.cookies["billing_session"]
    for email in (EMAIL, "nobody@pelanggan.test", "no address"):
        assert asked(await browser.post("/session/forgot", data={"email": email})) == ("/auth/reset/", {"sent": "1"})
    (link,) = mailed_links(world, "reset_password")
    path, query = asked(await browser.post("/session/reset", data={"token": link, "password": "kurz"}))
    assert (path, query["error"], query["token"]) == ("/auth/reset/", "password_too_short", link)
    answer = await browser.post("/session/reset", data={"token": link, "password": "eine ganz neue"})
    assert asked(answer) == ("/settings/", {"notice": "reset_ok"})
    assert identity.find_session(world.env, old) is None
    assert identity.find_session(world.env, browser.cookies["billing_session"]) is not None


async def test_an_address_is_proven_sent_again_and_corrected(world: World, browser: httpx.AsyncClient) -> None:
    await browser.post("/session/sign-up", data=NEW)
    assert asked(await browser.post("/session/resend")) == ("/auth/verify/", {"resent": "1"})
    corrected = await browser.post("/session/email", data={"email": "rani@benar.test"})
    assert asked(corrected) == ("/auth/verify/", {"resent": "1"})
    links = mailed_links(world, "verify_email")
    assert len(links) == 3
    refused = asked(await browser.post("/session/verify", data={"token": links[0]}))
    assert refused == ("/auth/verify/", {"error": "bad_link", "token": links[0]})
    assert asked(await browser.post("/session/verify", data={"token": links[2]})) == ("/auth/verify/", {"ok": "1"})
    found = identity.find_session(world.env, browser.cookies["billing_session"])
    assert found is not None
    assert found.user.is_verified


@pytest.mark.parametrize("path", ["/session/sign-in", "/session/sign-out", "/session/verify"])
async def test_a_link_or_an_image_cannot_press_a_button(world: World, browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 405


async def test_the_session_remembers_address_and_browser_of_the_caller(
    world: World, browser: httpx.AsyncClient
) -> None:
    lies: Callable[[str], dict[str, str]] = lambda agent: {"user-agent": agent, "x-forwarded-for": "1.2.3.4"}  # noqa: E731
    await browser.post("/session/sign-up", data=NEW, headers=lies("Mozilla/5.0 (iPhone) Safari/604.1"))
    with world.env.db.read() as tx:
        session = tx.scalars(select(AuthSession)).one()
    assert (session.ip, session.device) == ("10.0.0.7", "Mozilla/5.0 (iPhone) Safari/604.1")


async def test_the_address_a_proxy_adds_in_a_header_of_its_own_is_the_one_believed(
    world: World, browser: httpx.AsyncClient
) -> None:
    behind = replace(world.env, config=world.env.config.model_copy(update={"trusted_proxy_hops": 1}))
    told = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "10.1.1.1")]
    with runtime.use(behind):
        await browser.post("/session/sign-up", data=NEW, headers=told)
    with world.env.db.read() as tx:
        assert tx.scalars(select(AuthSession)).one().ip == "10.1.1.1"


async def test_typed_words_too_long_to_be_read_back_are_not_sent(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/session/sign-up", data={**NEW, "password": "x", "name": "\U0001f600" * 200})
    assert all(len(cookie) < 2_000 for cookie in answer.headers.get_list("set-cookie"))

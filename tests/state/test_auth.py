"""The pages of sign-in, reset and verification: what they show for an address, and what opening them leaves alone."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from billing_ui.models import AuthToken, User
from billing_ui.security.cookies import form_cookie
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.auth import AuthState, ResetState, VerifyState
from tests.state.tab import Tab, destination
from tests.world import World

TOKEN = "k" * 52
EMAIL = "rani@pelanggan.test"


@pytest.fixture
def secret(world: World) -> str:
    """The cookie of somebody who signed up a moment ago."""
    return identity.sign_up(world.env, SignUp(EMAIL, "kata-sandi-panjang", "Rani"), Device("127.0.0.1", "test"))


def typed(**fields: str) -> str:
    return form_cookie(fields, is_https=False).partition(";")[0]


async def test_the_tab_follows_the_address_and_the_way_back_is_kept(tab: Tab) -> None:
    page = await tab.at(AuthState, "/auth/?tab=signup&redirect_url=/subscription/plans")
    assert await page.open() is None
    assert (page.ready, page.tab, page.onward) == (True, "signup", "/subscription/plans")


async def test_redirect_url_wins_over_its_alias(tab: Tab) -> None:
    page = await tab.at(AuthState, "/auth/?next=/settings/&redirect_url=/subscription/topup/")
    await page.open()
    assert page.onward == "/subscription/topup/"
    page = await tab.at(AuthState, "/auth/?next=/settings/")
    await page.open()
    assert page.onward == "/settings/"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_a_way_back_to_another_site_is_dropped(tab: Tab, elsewhere: str) -> None:
    page = await tab.at(AuthState, f"/auth/?redirect_url={quote(elsewhere, safe='')}")
    await page.open()
    assert page.onward == ""


async def test_whoever_is_signed_in_is_sent_straight_on(tab: Tab, secret: str) -> None:
    with tab.signed_in(secret):
        page = await tab.at(AuthState, "/auth/?redirect_url=/subscription/plans/")
        assert destination(await page.open()) == "/subscription/plans/"
        page = await tab.at(AuthState, "/auth/?redirect_url=https://evil.test/")
        assert destination(await page.open()) == "/subscription/overview/"


async def test_a_refusal_is_told_and_what_was_typed_is_kept(tab: Tab) -> None:
    cookie = typed(email=EMAIL, name="Rani")
    page = await tab.at(AuthState, "/auth/?tab=signup&error=email_taken", cookie)
    await page.open()
    assert page.error["code"] == "email_taken"
    assert (page.email, page.name) == (EMAIL, "Rani")


async def test_a_time_to_wait_is_an_instant_in_the_deployments_zone(tab: Tab) -> None:
    page = await tab.at(AuthState, "/auth/?error=too_many_tries&retry_at=2026-11-20T22:30:00%2B00:00")
    await page.open()
    assert page.error["args"]["retry_at"] == {"when": "2026-11-20T22:30:00+00:00", "zone": "Asia/Jakarta"}


async def test_an_address_cannot_make_the_page_say_what_it_likes(tab: Tab) -> None:
    page = await tab.at(AuthState, "/auth/?error=call_this_number&field=x")
    await page.open()
    assert page.error["code"] == ""
    page = await tab.at(AuthState, f"/auth/?error=bad_credentials&why={'x' * 500}&minimum=99")
    await page.open()
    assert len(page.error["args"]["why"]) <= 40
    assert page.error["args"]["minimum"] == 8


async def test_opening_a_reset_link_uses_nothing_up_and_takes_the_token_out_of_the_address(
    tab: Tab, world: World, secret: str
) -> None:
    identity.request_reset(world.env, EMAIL, "127.0.0.1")
    page = await tab.at(ResetState, f"/auth/reset/?token={TOKEN}")
    await page.open()
    assert (page.phase, page.token, page.address) == ("new", TOKEN, "")
    with world.env.db.read() as tx:
        unused = select(func.count()).where(col(AuthToken.purpose) == "reset", col(AuthToken.used_at).is_(None))
        assert tx.scalar(unused) == 1


async def test_the_token_survives_a_reconnect_but_not_a_visit_to_the_sign_in_page(tab: Tab) -> None:
    await (await tab.at(ResetState, f"/auth/reset/?token={TOKEN}")).open()
    page = await tab.at(ResetState, "/auth/reset/")
    await page.open()
    assert (page.phase, page.token) == ("new", TOKEN)
    await (await tab.at(AuthState, "/auth/")).open()
    page = await tab.at(ResetState, "/auth/reset/")
    await page.open()
    assert (page.phase, page.token) == ("ask", "")


async def test_a_reset_that_was_asked_for_names_the_address_and_a_dead_link_asks_anew(tab: Tab) -> None:
    page = await tab.at(ResetState, "/auth/reset/?sent=1", typed(email=EMAIL))
    await page.open()
    assert (page.phase, page.email, page.address) == ("sent", EMAIL, "?sent=1")
    page = await tab.at(ResetState, f"/auth/reset/?error=bad_link&token={TOKEN}")
    await page.open()
    assert (page.phase, page.error["code"], page.address) == ("ask", "bad_link", "?error=bad_link")


async def test_a_password_too_short_keeps_the_link_open(tab: Tab) -> None:
    page = await tab.at(ResetState, f"/auth/reset/?error=password_too_short&minimum=8&token={TOKEN}")
    await page.open()
    assert (page.phase, page.token, page.error["code"]) == ("new", TOKEN, "password_too_short")


@pytest.mark.parametrize("token", ["../../etc", "a b", "x" * 65, "%3Cscript%3E"])
async def test_what_is_no_token_is_ignored(tab: Tab, token: str) -> None:
    page = await tab.at(ResetState, f"/auth/reset/?token={token}")
    await page.open()
    assert (page.phase, page.token) == ("ask", "")


async def test_a_verification_link_waits_for_the_button(tab: Tab) -> None:
    page = await tab.at(VerifyState, f"/auth/verify/?token={TOKEN}&redirect_url=/settings/")
    await page.open()
    assert (page.phase, page.token, page.onward) == ("confirm", TOKEN, "/settings/")
    assert page.address == "?redirect_url=%2Fsettings%2F"


async def test_a_stranger_without_a_link_is_asked_to_sign_in(tab: Tab) -> None:
    page = await tab.at(VerifyState, "/auth/verify/")
    await page.open()
    assert page.phase == "stranger"


async def test_whoever_waits_for_the_mail_may_have_it_sent_again(tab: Tab, secret: str) -> None:
    with tab.signed_in(secret):
        page = await tab.at(VerifyState, "/auth/verify/?resent=1")
        await page.open()
    assert (page.phase, page.resent) == ("waiting", True)


async def test_a_proven_address_says_so(tab: Tab, world: World, secret: str) -> None:
    with world.env.db.begin() as tx:
        tx.execute(update(User).where(col(User.email) == EMAIL).values(email_verified_at=world.clock.now()))
    with tab.signed_in(secret):
        page = await tab.at(VerifyState, "/auth/verify/")
        await page.open()
    assert page.phase == "proven"


async def test_ok_in_the_address_proves_nothing_for_somebody_signed_in(tab: Tab, secret: str) -> None:
    with tab.signed_in(secret):
        page = await tab.at(VerifyState, "/auth/verify/?ok=1")
        await page.open()
    assert page.phase == "waiting"

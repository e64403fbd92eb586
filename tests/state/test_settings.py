"""Settings: the language of mails, and the devices that are signed in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.models import User
from billing_ui.services import identity, mail_stops
from billing_ui.services.identity import Device, SignUp, find_session
from billing_ui.state.session import Session
from billing_ui.state.settings import SettingsState
from tests.state.tab import Tab
from tests.world import World

EMAIL, PASSWORD = "rani@pelanggan.test", "kata-sandi-panjang"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def here(world: World) -> str:
    return identity.sign_up(world.env, SignUp(EMAIL, PASSWORD, "Rani"), Device("127.0.0.1", "Firefox"))


@pytest.fixture
def phone(world: World, here: str) -> str:
    world.later(minutes=1)
    return identity.sign_in(world.env, EMAIL, PASSWORD, "127.0.0.2", Device("127.0.0.2", PHONE))


async def opened(tab: Tab, address: str = "/settings/") -> SettingsState:
    page = await tab.at(SettingsState, address)
    await page.open()
    return page


async def test_this_device_stands_first_and_is_marked(tab: Tab, here: str, phone: str) -> None:
    with tab.signed_in(here):
        page = await opened(tab)
    assert [device["here"] for device in page.devices] == [True, False]
    assert "Android" in page.devices[1]["name"]
    assert page.has_others


async def test_another_device_is_signed_out_and_gone_from_the_list(
    tab: Tab, world: World, here: str, phone: str
) -> None:
    with tab.signed_in(here):
        page = await opened(tab)
        await page.end_device(page.devices[1]["id"])
    assert find_session(world.env, phone) is None
    assert find_session(world.env, here) is not None
    assert (len(page.devices), page.has_others, page.told) == (1, False, "set.device_gone")


async def test_a_device_that_is_gone_already_is_no_error(tab: Tab, world: World, here: str, phone: str) -> None:
    with tab.signed_in(here):
        page = await opened(tab)
        other = page.devices[1]["id"]
        await page.end_device(other)
        await page.end_device(other)
    assert (page.told, page.error["code"]) == ("set.device_gone", "")


async def test_nobody_signs_out_a_device_of_somebody_else(tab: Tab, world: World, here: str) -> None:
    foreign = identity.sign_up(world.env, SignUp("lain@pelanggan.test", PASSWORD), Device("127.0.0.3", "x"))
    stranger = find_session(world.env, foreign)
    assert stranger is not None
    with tab.signed_in(here):
        page = await opened(tab)
        await page.end_device(stranger.session_id)
    assert find_session(world.env, foreign) is not None


async def test_this_device_does_not_leave_by_the_list(tab: Tab, world: World, here: str) -> None:
    with tab.signed_in(here) as who:
        page = await opened(tab)
        await page.end_device(who.session_id)
    assert find_session(world.env, here) is not None


async def test_all_others_leave_at_once(tab: Tab, world: World, here: str, phone: str) -> None:
    with tab.signed_in(here):
        page = await opened(tab)
        await page.end_others()
    assert find_session(world.env, phone) is None
    assert find_session(world.env, here) is not None
    assert (len(page.devices), page.told) == (1, "set.others_gone")


async def test_the_language_is_kept_for_mails(tab: Tab, world: World, here: str) -> None:
    with tab.signed_in(here):
        page = await opened(tab)
        await page.pick_language("en")
        session = await page.get_state(Session)
    assert session.user["language"] == "en"
    with world.env.db.read() as tx:
        assert tx.scalar(select(col(User.language)).where(col(User.email) == EMAIL)) == "en"


async def test_a_language_we_do_not_speak_is_refused_in_words(tab: Tab, world: World, here: str) -> None:
    with tab.signed_in(here):
        page = await opened(tab)
        await page.pick_language("de")
    assert page.error["code"] == "field_invalid"


async def test_a_new_password_is_told_about(tab: Tab, here: str) -> None:
    with tab.signed_in(here):
        assert (await opened(tab, "/settings/?notice=reset_ok")).told == "auth.reset_ok"
    with tab.signed_in(here):
        assert (await opened(tab, "/settings/?notice=made_up")).told != "made_up"


@pytest.fixture
def stopped(world: World, here: str) -> str:
    with world.env.db.begin() as tx:
        mail_stops.stop(tx, world.env, EMAIL, "complained", "", None)
    return here


async def notice(tab: Tab) -> dict[str, Any]:
    session = await tab.root.get_state(Session)
    return dict(session.notice)


async def test_whoever_gets_no_mail_is_told_on_every_page_and_why_on_this_one(tab: Tab, stopped: str) -> None:
    with tab.signed_in(stopped):
        page = await opened(tab)
        shown = await notice(tab)
    assert (shown["kind"], shown["href"], shown["args"]) == ("mail_stopped", "/settings/", {"email": EMAIL})
    assert page.mail_stopped == "complained"


async def test_nobody_is_told_of_the_address_of_somebody_else(tab: Tab, world: World, stopped: str) -> None:
    other = identity.sign_up(world.env, SignUp("lain@pelanggan.test", PASSWORD), Device("127.0.0.3", "x"))
    with tab.signed_in(other):
        page = await opened(tab)
        assert (await notice(tab))["kind"] == "unverified"
    assert page.mail_stopped == ""


async def test_an_address_that_is_right_gets_mail_again_once_a_day(tab: Tab, world: World, stopped: str) -> None:
    with tab.signed_in(stopped):
        page = await opened(tab)
        await page.confirm_mail()
        assert (page.mail_stopped, page.told, page.error["code"]) == ("", "set.mail_confirmed", "")
        await page.open()
        assert (await notice(tab))["kind"] == "unverified"
        world.later(minutes=1)
        with world.env.db.begin() as tx:
            mail_stops.stop(tx, world.env, EMAIL, "bounced", "", None)
        await page.open()
        await page.confirm_mail()
    assert (page.mail_stopped, page.told, page.error["code"]) == ("bounced", "", "too_many_tries")

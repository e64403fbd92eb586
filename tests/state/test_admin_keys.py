"""The desk's page of keys: a secret is there until it is kept, and every slip is said before anything happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_ui.models import Operator
from billing_ui.queries.api_keys import api_keys
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp
from billing_ui.state.admin_key_acts import AdminKeyEnd, AdminKeyNew
from billing_ui.state.admin_keys import AdminKeys
from tests.state.tab import Tab

KEYS = "/admin/keys/"


@pytest.fixture
def maya(tab: Tab) -> Iterator[None]:
    wanted = SignUp(email="maya@meja.test", password="sandi yang cukup panjang", name="Maya", zone="Asia/Jakarta",
                    language="id")  # fmt: skip
    secret = identity.sign_up(tab.world.env, wanted, Device())
    with tab.signed_in(secret) as who:
        user_id = who.actor.user_id
    with tab.world.env.db.begin() as tx:
        tx.add(Operator(user_id=user_id, role="admin", created_at=tab.world.clock.now()))
    with tab.signed_in(secret):
        yield


async def made(tab: Tab, name: str, *scopes: str, note: str = "untuk percobaan") -> AdminKeyNew:
    page = await tab.at(AdminKeys, KEYS)
    await page.open()
    dialog = await tab.at(AdminKeyNew, KEYS)
    await dialog.ask()
    for scope in scopes:
        await dialog.pick(scope)
    await dialog.write("name", name)
    await dialog.write("note", note)
    async for _step in dialog.make():
        pass
    return dialog


async def test_a_new_secret_is_held_for_ten_minutes_at_most(tab: Tab, maya: None) -> None:
    dialog = await made(tab, "Aplikasi", "payments:read")
    page = await tab.at(AdminKeys, KEYS)
    assert not dialog.opened and page.fresh["secret"].startswith("bk_live_")
    assert page.fresh["call"].startswith("curl http") and "/api/payments/stats" in page.fresh["call"]
    assert page.fresh["secret"] not in str(page.rows)
    assert (page.rows[0]["made_by"], page.rows[0]["state"]) == ("maya@meja.test", "active")
    tab.world.later(minutes=9)
    await page.open()
    assert page.fresh
    tab.world.later(minutes=1)
    await page.reread()
    assert page.fresh == {}


@pytest.mark.parametrize(
    ("name", "scopes", "note", "wrong"),
    [
        ("", ["usage:read"], "untuk percobaan", "name"),
        ("Aplikasi", [], "untuk percobaan", "scopes"),
        ("Aplikasi", ["usage:read", "usage:read"], "untuk percobaan", "scopes"),
        ("Aplikasi", ["usage:read"], "pendek", "note"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_is_made(
    tab: Tab, maya: None, name: str, scopes: list[str], note: str, wrong: str
) -> None:
    dialog = await made(tab, name, *scopes, note=note)
    assert dialog.opened and dialog.error["args"]["field"] == wrong
    with tab.world.env.db.read() as tx:
        assert api_keys(tx) == ()


async def test_a_third_key_is_refused_in_words_and_the_two_go_on(tab: Tab, maya: None) -> None:
    for name in ("lama", "baru"):
        await made(tab, name, "usage:write")
    page = await tab.at(AdminKeys, KEYS)
    assert page.full and page.fresh["call"] == "", "no call of this scope goes without an account"
    dialog = await made(tab, "ketiga", "usage:write")
    assert (dialog.opened, dialog.error["code"], dialog.error["args"]["most"]) == (True, "too_many_keys", 2)
    assert [row["state"] for row in page.rows] == ["active", "active"]


async def test_a_key_is_revoked_only_when_its_end_was_typed(tab: Tab, maya: None) -> None:
    await made(tab, "lama", "usage:read")
    page = await tab.at(AdminKeys, KEYS)
    dialog = await tab.at(AdminKeyEnd, KEYS)
    await dialog.ask(page.rows[0]["id"])
    await dialog.write("note", "tidak dipakai lagi")
    await dialog.write("typed", "xxxx")
    async for _step in dialog.revoke():
        pass
    assert dialog.error["args"]["field"] == "typed" and page.rows[0]["state"] == "active"
    await dialog.write("typed", page.rows[0]["hint"])
    async for _step in dialog.revoke():
        pass
    assert (page.rows[0]["state"], page.fresh, page.full) == ("revoked", {}, False)
    assert page.told["key"] == "adm.key_revoked"
    await dialog.ask(page.rows[0]["id"])
    assert not dialog.opened, "what is revoked is not asked about again"

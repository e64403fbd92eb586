"""An admin makes a key, a host app uses it, a second one takes over, and the first is revoked; nobody else may."""

import re
import shlex
import subprocess
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.desk import Desk
from tests.journeys.test_desk_door import held, line
from tests.stack import Stack

pytestmark = pytest.mark.journey

KEYS = "/admin/keys/"
STATE = "reflex___state____state.billing_ui___state___"
ACTS: list[tuple[str, dict[str, object]]] = [
    (f"{STATE}admin_keys____admin_keys.open", {}), (f"{STATE}admin_keys____admin_keys.reread", {}),
    (f"{STATE}admin_key_acts____admin_key_new.ask", {}),
    (f"{STATE}admin_key_acts____admin_key_new.pick", {"scope": "usage:read"}),
    (f"{STATE}admin_key_acts____admin_key_new.last", {"days": "30"}),
    (f"{STATE}admin_key_acts____admin_key_new.make", {}),
    (f"{STATE}admin_key_acts____admin_key_end.ask", {"key": "key_x"}),
    (f"{STATE}admin_key_acts____admin_key_end.revoke", {}),
]  # fmt: skip


def makes(desk: Desk, name: str) -> str:
    """From the button to the secret, which is told once; answers it."""
    desk.clicks("key-new")
    desk.clicks("scope-usage-read")
    desk.sees("key-name").fill(name)
    desk.sees("key-note").fill("untuk aplikasi percobaan")
    desk.clicks("key-make-do")
    expect(desk.sees("key-fresh")).to_contain_text(name)
    return desk.sees("key-secret").inner_text()


def answer(stack: Stack, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.get(f"{stack.app_url}/api/billing/plans", headers=headers).status_code


def revokes(desk: Desk, name: str, hint: str) -> None:
    desk.page.get_by_role("button", name=re.compile(f"{name}$")).click()
    desk.sees("key-end-note").fill("diganti kunci baru")
    desk.sees("key-end-typed").fill(hint)
    desk.clicks("key-end-do")


def test_a_key_is_made_used_changed_for_another_and_revoked(seat: Callable[..., Desk], stack: Stack) -> None:
    maya = seat("admin")
    maya.goes_to("/admin/")
    maya.page.locator(f'nav a[href="{KEYS}"]').locator("visible=true").first.click()
    maya.page.wait_for_url(f"**{KEYS}")
    first = makes(maya, "Aplikasi lama")
    assert answer(stack, first) == 200
    told = subprocess.run(
        [*shlex.split(maya.sees("key-call").inner_text()), "-s", "-o", "/dev/null", "-w", "%{http_code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "200", "the line that is shown works as it stands"

    maya.page.reload()
    expect(maya.sees("key-secret")).to_have_text(first)
    maya.clicks("key-kept")
    expect(maya.page.get_by_test_id("key-fresh")).to_have_count(0)
    maya.page.reload()
    expect(maya.sees("key-row")).to_be_visible()
    assert first not in maya.page.content()

    second = makes(maya, "Aplikasi baru")
    maya.clicks("key-kept")
    expect(maya.sees("key-new")).to_be_disabled()
    revokes(maya, "Aplikasi lama", "????")
    expect(maya.sees("key-end-error")).to_have_attribute("data-code", "field_invalid")
    assert answer(stack, first) == 200, "nothing is revoked by a slip"
    maya.sees("key-end-typed").fill(first[-4:])
    maya.clicks("key-end-do")
    expect(maya.sees("keys-told")).to_contain_text(first[-4:])
    expect(maya.page.locator("[data-testid=key-row][data-state=revoked]")).to_contain_text("Aplikasi lama")
    maya.page.wait_for_timeout(5_500)  # as long as the doors remember a key
    assert (answer(stack, first), answer(stack, second)) == (401, 200)
    revokes(maya, "Aplikasi baru", second[-4:])
    expect(maya.page.locator("[data-testid=key-row][data-state=active]")).to_have_count(0)


@pytest.mark.parametrize("role", ["support", "finance"])
def test_who_does_not_look_after_keys_sees_none_and_makes_none(
    seat: Callable[..., Desk], stack: Stack, role: str
) -> None:
    desk = seat(role)
    desk.goes_to("/admin/")
    expect(desk.page.locator(f'a[href="{KEYS}"]')).to_have_count(0)
    desk.goes_to(KEYS)
    expect(desk.page.get_by_test_id("error")).to_have_attribute("data-code", "forbidden")
    with line(stack, desk.page.context) as socket:
        before = held(socket)
        for event, payload in ACTS:
            socket.emit(event, payload, KEYS)
        socket.settle()
        assert held(socket) == before
        assert "bk_live_" not in "\n".join(socket.seen)

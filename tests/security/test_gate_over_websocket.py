"""The gate as an attacker meets it: over a raw websocket, with the memory and with the Redis state manager."""

import time
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from tests.security.conftest import GatedServer
from tests.security.raw_socket import BOOT, RawSocket, RefusedConnectionError

APP = "reflex___state____state.tests___security___gated_app____"
WALLET, DESK, FAR, PRIVATE = (f"{APP}{name}." for name in ("wallet", "desk", "far", "private"))
CANARY = "c4n4ry-in-a-payload"


def cookie(name: str) -> str:
    letter = "x" if name == "admin" else name[:1]
    return f"billing_session={letter * 52}" if name else ""


def tab(server: GatedServer, name: str = "", *, token: str = "", boot: bool = True) -> RawSocket:
    socket = RawSocket(server.url, token or uuid4().hex, cookie(name), boot=boot)
    socket.settle()
    return socket


def test_a_legal_event_of_a_signed_in_user_runs_as_that_user(server: GatedServer) -> None:
    with tab(server, "alice") as alice:
        told = alice.call(WALLET + "fill", {"amount": 5})
        assert (told["wallet.balance"], told["wallet.owner"]) == (5, "alice")
        assert alice.call(WALLET + "from_mixin")["wallet.done"][-1] == "from_mixin"
        told = alice.call(WALLET + "choose", {"method": "QRIS", "tags": ["a"], "note": "n"})
        assert told["wallet.done"][-1] == "choose QRIS ['a'] n False"


REFUSED: list[tuple[str, dict[str, Any]]] = [
    (WALLET + "grant", {"amount": 1_000_000_000}),
    (WALLET + "set_balance", {"value": 9}),
    (WALLET + "decorated_but_unmarked", {}),
    (WALLET + "unmarked_second", {}),
    (WALLET + "log", {"what": "x"}),
    (WALLET + "setvar", {"var_name": "balance", "value": 9}),
    ("reflex___state____state.setvar", {"var_name": "is_hydrated", "value": True}),
    (WALLET + "_hidden", {}),
    (DESK + "load_desk", {}),
    (DESK + "buy", {"order": {"price": 0, "is_admin_only": False}}),
    (DESK + "buy", {"order": {}}),
]


@pytest.mark.parametrize("name", ["", "alice", "support", "admin"])
def test_methods_without_a_policy_or_with_an_unsafe_argument_are_refused(server: GatedServer, name: str) -> None:
    with tab(server, name) as socket:
        before = dict(socket.vars)
        for event, payload in REFUSED:
            socket.emit(event, payload)
        assert socket.settle() == before
        assert socket.is_open()


@pytest.mark.parametrize("name", ["", "alice", "revoked"])
def test_handlers_of_the_desk_do_not_run_for_who_is_no_operator(server: GatedServer, name: str) -> None:
    with tab(server, name) as socket:
        for event, payload in (("give", {"tokens": 5}), ("read", {}), ("give_later", {})):
            socket.emit(DESK + event, payload)
        assert socket.settle()["desk.rows"] == []


def test_an_operator_runs_what_their_role_permits_and_nothing_more(server: GatedServer) -> None:
    with tab(server, "support") as support:
        assert support.call(DESK + "read")["desk.rows"] == ["read"]
        support.tries(DESK + "give", {"tokens": 5})
        assert support.tries(DESK + "give_later")["desk.rows"] == ["read"]
    with tab(server, "admin") as admin:
        admin.call(DESK + "give", {"tokens": 5})
        admin.call(DESK + "give_later", until=lambda: len(admin.vars["desk.rows"]) == 2)
        assert admin.vars["desk.rows"] == ["gave 5", "gave later"]


WRONG_AMOUNTS: list[Any] = [
    {"amount": "7"}, {"amount": 7.0}, {"amount": 0.1}, {"amount": True}, {"amount": None}, {"amount": [7]},
    {"amount": {"a": 1}}, {"amount": 10**40}, {"amount": -(10**17)}, {}, {"amount": 7, "owner": "bob"},
    {"self": 1, "amount": 7}, [7], "7", None, 7,
]  # fmt: skip


def test_a_payload_that_is_not_exactly_the_signature_is_refused(server: GatedServer) -> None:
    with tab(server, "alice") as alice:
        for payload in WRONG_AMOUNTS:
            alice.emit_raw("event", {**RawSocket.event(WALLET + "fill"), "payload": payload})
        told = alice.settle()
        assert (told["wallet.balance"], told["wallet.owner"]) == (0, "")
        assert alice.is_open()


def test_closed_sets_lists_and_lengths_are_checked(server: GatedServer) -> None:
    wrong: list[dict[str, Any]] = [
        {"method": "CASH"}, {"tags": "a"}, {"tags": ["a"] * 500}, {"tags": [1]}, {"note": "x" * 5_000}, {"gift": 1},
        {"gift": "true"}, {"tags": [["a"]]},
    ]  # fmt: skip
    with tab(server, "bob") as bob:
        before = bob.vars["wallet.done"]
        for change in wrong:
            bob.emit(WALLET + "choose", {"method": "QRIS", "tags": [], **change})
        assert bob.settle()["wallet.done"] == before


def test_no_state_is_filled_from_values_the_browser_claims_to_have_stored(server: GatedServer) -> None:
    taste = f"{APP}settings.taste_rx_state_"
    with tab(server, "alice") as alice:
        alice.tries("reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
                    {"vars": {taste: "admin"}})  # fmt: skip
        alice.tries(BOOT, {"vars": {taste: "admin"}, "hashes": []})
        assert alice.tries(BOOT, {"vars": {}, "hashes": []})["settings.taste"] == ""


def test_the_hydrated_flag_takes_only_a_bool(server: GatedServer) -> None:
    with tab(server) as socket:
        for value in ([1], "true", 1, None):
            socket.emit("reflex___state____state.set_is_hydrated", {"value": value})
        assert socket.settle()["state.is_hydrated"] is True


def test_router_data_made_up_by_the_client_changes_neither_identity_nor_address(server: GatedServer) -> None:
    with tab(server) as socket:
        event = RawSocket.event(WALLET + "fill", {"amount": 5})
        lies = {"headers": {"cookie": cookie("alice")}, "ip": "10.9.9.9", "token": "x", "sid": "y", "cookie": "z"}
        socket.emit_raw("event", {**event, "router_data": {**event["router_data"], **lies}})
        told = socket.settle()
        assert told["wallet.balance"] == 0
        assert told["state.rx_router_session"]["client_ip"] == "127.0.0.1"


def test_an_event_called_connect_cannot_bring_its_own_environment(server: GatedServer) -> None:
    with tab(server) as socket:
        socket.emit_raw("connect", {"QUERY_STRING": "token=" + "a" * 32, "REMOTE_ADDR": "10.9.9.9"}, {})
        socket.settle()
        told = socket.call(WALLET + "look")
        assert told["state.rx_router_session"]["client_ip"] == "127.0.0.1"


@pytest.mark.parametrize("thief", ["", "bob"])
def test_a_stolen_token_without_its_cookie_opens_an_empty_state(server: GatedServer, thief: str) -> None:
    token = uuid4().hex
    with tab(server, "alice", token=token) as alice:
        alice.call(WALLET + "fill", {"amount": 5})
        alice.call(FAR + "keep", {"secret": "diary"})
        with tab(server, thief, token=token) as early:
            assert early.vars["wallet.balance"] == 0
    for boot in (True, False):
        with tab(server, thief, token=token, boot=boot) as late:
            late.call(WALLET + "look")
            late.call(FAR + "poke")
            assert not any("diary" in frame or '"alice"' in frame for frame in late.seen)
            assert late.vars.get("wallet.balance", 0) == 0
    with tab(server, "alice", token=token) as back:
        assert (back.vars["wallet.balance"], back.vars["far.secret"]) == (5, "diary")


def test_the_token_the_server_works_with_opens_nothing_when_presented(server: GatedServer) -> None:
    with tab(server, "alice") as alice:
        told = alice.call(WALLET + "fill", {"amount": 5})
        inner = told["state.rx_router_session"]["client_token"]
    with tab(server, "alice", token=inner) as again:
        assert again.vars["wallet.balance"] == 0


@pytest.mark.parametrize("token", ["a", "..", "x" * 5_000, "../../etc/passwd", "a b c d e f g", ""])
def test_a_token_that_no_page_makes_is_refused(server: GatedServer, token: str) -> None:
    with pytest.raises((RefusedConnectionError, InvalidStatus)):
        RawSocket(server.url, token)


def test_a_revoked_session_loses_its_whole_state_even_the_parts_an_event_does_not_load(server: GatedServer) -> None:
    token = uuid4().hex
    with tab(server, "carol", token=token) as carol:
        carol.call(WALLET + "fill", {"amount": 5})
        carol.call(FAR + "keep", {"secret": "diary"})
        with tab(server, "alice") as alice:
            alice.tries(WALLET + "revoke_carol")
        carol.seen.clear()
        carol.call(WALLET + "look")
        told = carol.call(FAR + "poke")
        assert (told["wallet.balance"], told["far.secret"]) == (0, "")
        assert told["wallet.done"] == ["look 0 "]
        assert not any("diary" in frame for frame in carol.seen)
        carol.call(WALLET + "fill", {"amount": 5}, until=lambda: bool(carol.events))
        assert carol.vars["wallet.balance"] == 0
        assert "/auth/" in str(carol.events[-1])
    with tab(server, "alice") as alice:
        alice.tries(WALLET + "restore_carol")


def test_chained_events_meet_the_gate_too(server: GatedServer) -> None:
    with tab(server, "alice") as alice:
        told = alice.call(WALLET + "chain", until=lambda: "second 7" in alice.vars["wallet.done"])
        assert told["wallet.done"][-1] == "second 7"
        assert told["wallet.balance"] == 0


def test_page_load_handlers_meet_the_gate_too(server: GatedServer) -> None:
    load = "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
    with tab(server) as stranger:
        assert stranger.call(load, path="/desk")["desk.rows"] == []
        to_the_door = "/auth/?redirect_url=/private"
        stranger.call(load, path="/private", until=lambda: to_the_door in str(stranger.events))
        assert stranger.vars["private.page"] == ""
        assert to_the_door in str(stranger.events)
    with tab(server, "alice") as alice:
        alice.call(load, path="/private", until=lambda: alice.vars["private.page"] != "")
        assert alice.vars["private.page"] == "loaded"


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_cannot_open_the_socket(server: GatedServer, origin: str) -> None:
    with pytest.raises(InvalidStatus):
        RawSocket(server.url, uuid4().hex, cookie("alice"), origin=origin)


def test_an_oversized_message_closes_the_socket(server: GatedServer) -> None:
    with tab(server, "alice") as alice:
        alice.emit(WALLET + "choose", {"method": "QRIS", "tags": [], "note": "x" * 70_000})
        alice.settle()
        assert not alice.is_open()


def test_garbage_is_dropped_without_a_traceback(server: GatedServer) -> None:
    before = server.said().count("Traceback")
    with tab(server, "alice") as alice:
        for data in ("text", 5, None, [1], {"name": 5}, {"name": WALLET + "look", "payload": "x"}, {}, [],
                     {"name": WALLET + "look", "payload": {}, "router_data": "x"},
                     {"name": WALLET + "look", "payload": {}, "router_data": {"pathname": 5}}):  # fmt: skip
            alice.emit_raw("event", data)
        alice.emit_raw("event")
        alice.emit_raw("client_error", "x")
        alice.settle()
        assert alice.call(WALLET + "fill", {"amount": 5})["wallet.balance"] == 5
    assert server.said().count("Traceback") == before


def test_a_flood_is_held_to_its_pace_and_others_are_served(server: GatedServer) -> None:
    with tab(server, "dave") as flooder, tab(server, "alice") as alice:
        for _ in range(1_000):
            flooder.emit(FAR + "poke")
        started = time.monotonic()
        assert alice.call(WALLET + "fill", {"amount": 3})["wallet.balance"] == 3
        assert time.monotonic() - started < 3
        time.sleep(0.5)
        assert 1 <= flooder.settle()["far.calls"] <= 60 + 20 * 8


def test_an_unknown_event_leaves_neither_cookie_nor_payload_in_the_log(server: GatedServer) -> None:
    with tab(server, "alice") as alice:
        alice.tries("reflex___state____state.no_such_handler", {"password": CANARY})
        alice.tries(WALLET + "grant", {"amount": CANARY})
        alice.tries(WALLET + "fill", {"amount": CANARY})
    assert CANARY not in server.said()
    assert "a" * 52 not in server.said()


def test_a_frontend_error_cannot_forge_lines_of_the_log(server: GatedServer) -> None:
    name = "reflex___state____state.reflex___state____frontend_event_exception_state.handle_frontend_exception"
    with tab(server) as socket:
        socket.tries(name, {"info": "boom\nERROR: forged", "component_stack": "x"})
        socket.tries(name, {"info": "y" * 9_000, "component_stack": "x"})
    assert "\nERROR: forged" not in server.said()
    assert "y" * 9_000 not in server.said()

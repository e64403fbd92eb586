"""Who may call in: only those who know a configured token, whatever bytes they send."""

import pytest
from starlette.datastructures import Headers

from billing_ui.gateways.base import WebhookRefused
from billing_ui.gateways.xendit import XenditGateway

NOWHERE = "http://127.0.0.1:9/xendit"


def gateway(*tokens: str) -> XenditGateway:
    return XenditGateway("xnd_development_test", NOWHERE, tokens)


def refusal(headers: dict[str, str], *tokens: str) -> int:
    with pytest.raises(WebhookRefused) as refused:
        gateway(*tokens).authenticate(headers, b"{}")
    return refused.value.status


def is_let_in(headers: dict[str, str], *tokens: str) -> bool:
    try:
        gateway(*tokens).authenticate(headers, b"{}")
    except WebhookRefused:
        return False
    return True


@pytest.mark.parametrize("name", ["x-callback-token", "X-CALLBACK-TOKEN", "X-Callback-Token"])
def test_the_configured_token_is_let_in_whatever_the_capitals_of_its_header(name: str) -> None:
    assert is_let_in({name: "right"}, "right")


def test_both_tokens_are_let_in_while_one_replaces_the_other() -> None:
    assert [is_let_in({"x-callback-token": token}, "old", "new") for token in ("old", "new", "next")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("given", ["", "wrong", "righ", "rightt", "Right", "rïght", "\ud800", "\x00", " right"])
def test_a_token_that_is_not_exactly_ours_is_refused_with_401(given: str) -> None:
    assert refusal({"x-callback-token": given}, "right") == 401


def test_a_missing_header_is_refused_with_401() -> None:
    assert refusal({}, "right") == 401


def test_raw_bytes_above_ascii_from_a_socket_are_refused_with_401() -> None:
    raw = Headers(raw=[(b"x-callback-token", b"\xff\xfe\x80")])
    with pytest.raises(WebhookRefused) as refused:
        gateway("right").authenticate(raw, b"{}")
    assert refused.value.status == 401


@pytest.mark.parametrize("tokens", [(), ("",), ("", "")])
@pytest.mark.parametrize("given", ["", "anything"])
def test_without_a_configured_token_there_is_no_door_at_all(tokens: tuple[str, ...], given: str) -> None:
    assert refusal({"x-callback-token": given}, *tokens) == 404

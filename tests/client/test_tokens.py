"""What providers say about a call's cost, in whichever shape they say it."""

from __future__ import annotations

from types import SimpleNamespace as Made
from typing import Any

import pytest

from billing_ui.client import Tokens, tokens_of
from billing_ui.client.streams import Watched
from tests.client.providers import chat_chunks, chat_usage, message_events, response_events


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (chat_usage(500, 200), Tokens(500, 200)),
        (chat_usage(500, 200, cached=400), Tokens(100, 200, 400)),
        ({"prompt_tokens": 500, "completion_tokens": 200, "prompt_tokens_details": None}, Tokens(500, 200)),
        ({"prompt_tokens": 12, "total_tokens": 12}, Tokens(12)),
        (
            {"input_tokens": 500, "input_tokens_details": {"cached_tokens": 400}, "output_tokens": 7},
            Tokens(100, 7, 400),
        ),
        (
            Made(input_tokens=500, output_tokens=7, cache_read_input_tokens=400, cache_creation_input_tokens=30),
            Tokens(530, 7, 400),
        ),
        ({"input_tokens": 500, "output_tokens": 7, "cache_read_input_tokens": None}, Tokens(500, 7)),
        (Made(id="chatcmpl-1", usage=chat_usage(5, 6)), Tokens(5, 6)),
        ({"id": "msg_1", "usage": {"input_tokens": 5, "output_tokens": 6}}, Tokens(5, 6)),
    ],
    ids=["chat", "chat cached", "chat dict", "embedding", "responses", "anthropic", "no cache", "an answer", "a dict"],
)
def test_cached_input_is_told_apart_however_a_provider_counts_it(usage: Any, tokens: Tokens) -> None:
    assert tokens_of(usage) == tokens


@pytest.mark.parametrize("usage", [None, 7, "text", {}, {"usage": None}, Made(tokens=5)])
def test_what_is_no_usage_is_not_taken_for_nothing(usage: Any) -> None:
    with pytest.raises(TypeError, match="usage"):
        tokens_of(usage)


def watch(chunks: list[Any]) -> Watched:
    watched = Watched()
    for chunk in chunks:
        watched.see(chunk)
    return watched


def test_streams_tell_their_cost_in_the_end() -> None:
    for chunks, tokens in (
        (chat_chunks(chat_usage(500, 200, cached=100)), Tokens(400, 200, 100)),
        (response_events({"input_tokens": 9, "output_tokens": 8, "input_tokens_details": {}}), Tokens(9, 8)),
        (message_events(300, 120, 50, 20), Tokens(320, 120, 50)),
    ):
        watched = watch(chunks)
        assert watched.is_final and watched.told() == tokens == watched.cut_short(10_000)


def test_a_stream_that_is_cut_short_took_what_it_told_and_the_output_that_was_expected() -> None:
    begun = watch(message_events(300, 120, 50, 20)[:3])
    assert not begun.is_final
    assert (begun.told(), begun.cut_short(400)) == (Tokens(320, 1, 50), Tokens(320, 400, 50))
    assert watch(chat_chunks(None)).cut_short(400) is None

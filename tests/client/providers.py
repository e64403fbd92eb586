"""AI providers as far as billing sees them: answers and events in the shapes of OpenAI's and Anthropic's libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace as Made
from typing import Any


def chat_usage(prompt: int = 500, completion: int = 200, cached: int = 0) -> Made:
    details = Made(cached_tokens=cached, audio_tokens=0)
    return Made(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion,
        prompt_tokens_details=details, completion_tokens_details=Made(reasoning_tokens=0),
    )  # fmt: skip


def chat_chunks(usage: Made | None, words: int = 3) -> list[Made]:
    """A chat completion with `include_usage`: each chunk has the field, only the last one has it filled."""
    said = [Made(object="chat.completion.chunk", choices=[Made(delta=Made(content="a"))], usage=None)] * words
    return [*said, Made(object="chat.completion.chunk", choices=[], usage=usage)]


def response_events(usage: dict[str, Any]) -> list[dict[str, Any]]:
    """The Responses API, as plain dicts."""
    return [
        {"type": "response.created", "response": {"id": "resp_1", "usage": None}},
        {"type": "response.output_text.delta", "delta": "a"},
        {"type": "response.completed", "response": {"id": "resp_1", "usage": usage}},
    ]


def message_events(input_tokens: int = 300, output_tokens: int = 120, read: int = 50, made: int = 20) -> list[Made]:
    """A message of Anthropic's: the input stands in the first event, the output in the last but one."""
    start = Made(
        input_tokens=input_tokens, output_tokens=1, cache_read_input_tokens=read, cache_creation_input_tokens=made
    )
    delta = Made(type="content_block_delta", delta=Made(type="text_delta", text="a"))
    end = Made(input_tokens=None, output_tokens=output_tokens, cache_read_input_tokens=None)
    return [
        Made(type="message_start", message=Made(id="msg_1", usage=start)),
        delta,
        delta,
        Made(type="message_delta", delta=Made(stop_reason="end_turn"), usage=end),
        Made(type="message_stop"),
    ]


class Provider:
    """A streamed answer that knows whether somebody hung up, and that may break off."""

    def __init__(self, chunks: list[Any], breaks_after: int | None = None) -> None:
        self._chunks = chunks
        self._breaks_after = breaks_after
        self.is_closed = False

    def __iter__(self) -> Iterator[Any]:
        for number, chunk in enumerate(self._chunks):
            if number == self._breaks_after:
                raise ConnectionResetError("the provider broke off")
            yield chunk

    async def __aiter__(self) -> AsyncIterator[Any]:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.is_closed = True

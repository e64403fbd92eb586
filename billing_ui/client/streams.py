"""Watches the chunks of a streamed answer go by and picks up what they say about its cost. Pure."""

from __future__ import annotations

from typing import Any

from billing_ui.client.tokens import Tokens, part, tokens_of

_ANTHROPIC = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class Watched:
    """What a stream has told so far. `is_final` once its provider has said what the whole answer took."""

    def __init__(self) -> None:
        self.is_final = False
        self._told: Tokens | None = None
        self._fields: dict[str, int] = {}

    def see(self, chunk: object) -> None:
        """OpenAI tells at the end (`stream_options={"include_usage": True}`; Responses: `response.completed`).
        Anthropic tells the input with the first event, the output with the last ones."""
        kind = part(chunk, "type")
        if kind == "message_start":
            self._merge(part(part(chunk, "message"), "usage"))
        elif kind == "message_delta":
            self._merge(part(chunk, "usage"))
            self.is_final = self._told is not None
        else:
            usage = part(chunk, "usage") or part(part(chunk, "response"), "usage")
            if usage:
                self._told, self.is_final = tokens_of(usage), True

    def told(self) -> Tokens | None:
        """What the provider has said up to now."""
        return self._told

    def cut_short(self, expected_output: int) -> Tokens | None:
        """What a stream took whose end nobody heard: the input as told, the output as it was expected at least."""
        if self._told is None or self.is_final:
            return self._told
        return Tokens(self._told.input, max(self._told.output, expected_output), self._told.cached)

    def _merge(self, usage: Any) -> None:
        told = {name: part(usage, name) for name in _ANTHROPIC}
        self._fields.update({name: count for name, count in told.items() if isinstance(count, int)})
        if self._fields:
            self._told = tokens_of(self._fields)

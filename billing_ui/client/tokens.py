"""Reads how many tokens a call took out of what AI providers answer, without knowing any of their libraries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_OPENAI = ("prompt_tokens", "completion_tokens")
_EITHER = ("input_tokens", "output_tokens")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a rate card weighs: input that was read anew, output, and input that came out of the provider's cache."""

    input: int = 0
    output: int = 0
    cached: int = 0


def tokens_of(usage: object) -> Tokens:
    """The tokens of a usage object or dict of OpenAI (chat, Responses) or Anthropic, or of the answer that carries it.

    OpenAI counts cached input into its input, Anthropic beside it.
    """
    if _told(usage, *_OPENAI):
        cached = _count(part(usage, "prompt_tokens_details"), "cached_tokens")
        return Tokens(max(_count(usage, "prompt_tokens") - cached, 0), _count(usage, "completion_tokens"), cached)
    if _told(usage, *_EITHER):
        details = part(usage, "input_tokens_details")
        if details is not None:
            cached = _count(details, "cached_tokens")
            return Tokens(max(_count(usage, "input_tokens") - cached, 0), _count(usage, "output_tokens"), cached)
        read_anew = _count(usage, "input_tokens") + _count(usage, "cache_creation_input_tokens")
        return Tokens(read_anew, _count(usage, "output_tokens"), _count(usage, "cache_read_input_tokens"))
    inner = part(usage, "usage")
    if inner is not None:
        return tokens_of(inner)
    raise TypeError(f"no usage of OpenAI's or Anthropic's shape: {type(usage).__name__}")


def part(thing: object, name: str) -> Any:
    """A field of an object or a dict, None where there is none."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _told(usage: object, *names: str) -> bool:
    return any(isinstance(part(usage, name), int) for name in names)


def _count(usage: object, name: str) -> int:
    told = part(usage, name)
    return told if isinstance(told, int) else 0

"""What an event may carry: exactly the handler's own arguments, of plain types, of bounded size."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

MAX_TEXT = 4_096
MAX_ITEMS = 200
MAX_NUMBER = 2**53 - 1  # beyond this a browser's number is no longer exact

_STRICT = ConfigDict(strict=True, extra="forbid")
# PostgreSQL stores no NUL, and no keyboard has it.
_Text = Annotated[str, Field(max_length=MAX_TEXT, pattern=r"\A[^\x00]*\z")]
_Number = Annotated[int, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
_PLAIN: dict[Any, Any] = {str: _Text, int: _Number, bool: bool, NoneType: None}


class UnsafeSignatureError(TypeError):
    """A handler takes something that a browser must not be able to build."""


def accepts(handler: Callable[..., Any], payload: object) -> bool:
    """Whether the payload is exactly what the handler's signature says. Nothing is converted."""
    try:
        payload_model(handler).model_validate(payload)
    except (ValidationError, UnsafeSignatureError):
        return False
    return True


@lru_cache(maxsize=2_048)
def payload_model(handler: Callable[..., Any]) -> type[BaseModel]:
    """The strict model of a handler's arguments; raises UnsafeSignatureError where a type is not plain."""
    hints = get_type_hints(handler, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or name not in hints:
            raise UnsafeSignatureError(f"{handler.__qualname__}: argument {name} needs a plain type")
        default = ... if parameter.default is parameter.empty else parameter.default
        # An alias keeps names such as `json` or `_x` from meaning something to pydantic.
        fields[f"a{len(fields)}"] = (_plain(handler, hints[name]), Field(default, alias=name))
    return create_model(f"Payload_{handler.__qualname__}", __config__=_STRICT, **fields)


def _plain(handler: Callable[..., Any], hint: Any) -> Any:
    origin = get_origin(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin is Literal:
        return hint
    if origin is list:
        item: Any = _plain(handler, get_args(hint)[0])
        return Annotated[list[item], Field(max_length=MAX_ITEMS)]
    if origin is Annotated:
        inner, *rules = get_args(hint)
        return Annotated[(_plain(handler, inner), *rules)]
    if origin in (Union, UnionType):
        return Union[tuple(_plain(handler, part) for part in get_args(hint))]  # noqa: UP007 - built at run time
    raise UnsafeSignatureError(f"{handler.__qualname__}: {hint} is not a plain type")

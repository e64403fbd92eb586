"""Reads JSON from strangers: one object or a refusal, never a surprise later in a column, a sum or a log line."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

CAP_BYTES = 256 * 1024
DEEPEST = 32
_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 40
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_BRACKET = bytes(byte for byte in range(256) if byte not in b"[{]}")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * _LONGEST_NUMBER


class JsonRefused(ValueError):
    """The bytes are not a JSON object that is safe to keep. The message says why and quotes nothing of it."""


def read_object(body: bytes, *, cap: int = CAP_BYTES, deepest: int = DEEPEST) -> dict[str, Any]:
    """The object in the body. Numbers with a point are Decimal, so that no amount ever passes through a float."""
    if len(body) > cap:
        raise JsonRefused(f"larger than {cap} bytes")
    _refuse_depth(body, deepest)
    # What would be asked of each number and each text is asked of the body first, which is nearly always enough.
    decode = (_CAREFUL if _MANY_DIGITS in body.translate(_AS_ZEROS) else _PLAIN).decode
    try:
        value = decode(body.decode("utf-8"))
    except JsonRefused:
        raise
    except UnicodeDecodeError as error:
        raise JsonRefused("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise JsonRefused("not JSON") from error
    if not isinstance(value, dict):
        raise JsonRefused("not an object")
    if b"\\u" in body:
        _refuse_text(value)
    return value


def _refuse_depth(body: bytes, deepest: int) -> None:
    """Counts brackets before the parser recurses into them; those inside strings do not count."""
    if body.count(b"{") + body.count(b"[") <= deepest:
        return
    bare = _STRING.sub(b"", body) if b"\\" in body else b"".join(body.split(b'"')[::2])
    depth = 0
    for byte in bare.translate(None, _NO_BRACKET):
        if byte in b"[{":
            depth += 1
            if depth > deepest:
                raise JsonRefused(f"deeper than {deepest} levels")
        else:
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonRefused("a key appears twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise JsonRefused("a number is too long")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    if len(digits) > _LONGEST_NUMBER:
        raise JsonRefused("a number is too long")
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise JsonRefused("a number is out of range") from error
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise JsonRefused("a number is out of range")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not a number")


def _refuse_text(value: object) -> None:
    """NUL breaks PostgreSQL, a lone surrogate breaks SQLite; neither means anything in a name or an id. JSON has them
    only escaped."""
    if isinstance(value, str):
        if "\0" in value or _SURROGATE.search(value):
            raise JsonRefused("a text holds characters that cannot be stored")
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_text(key)
            _refuse_text(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_text(item)


# A decoder that is made once; `json.loads` would make one for each body.
_PLAIN = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_fraction, parse_constant=_refuse_constant)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_whole, parse_float=_fraction, parse_constant=_refuse_constant
)

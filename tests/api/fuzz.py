"""Requests nobody should send: real ones, bent. The same seed bends the same way."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**18, 10**40, -(10**40), "", " ", "0", "NaN", "SUCCEEDED",
    "'; DROP TABLE--",
    "\u0000", "\u202e", "\ud800", "Ā" * 300, "x" * 5_000, [], {}, [[]], [None], {"": ""}, [{}] * 50,
    {"a": {"b": {"c": {"d": 1}}}}, "2026-02-30T99:99:99Z", "../../etc/passwd", "%00", "${jndi:ldap://x}", "0x10",
    "１２３",
)  # fmt: skip
RAW = (
    b"", b" ", b"null", b"[]", b"1", b'"x"', b"{", b"}", b"{}x", b"{'a': 1}", b'{"a": NaN}', b'{"a": Infinity}',
    b'{"a": 1, "a": 2}', b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"[" * 9_000, b'{"a":' * 3_000,
    b'{"a": ' + b"9" * 9_000 + b"}",
    b"<xml/>", b"a=1&b=2", b'{"event": "\\ud800"}', b"\x1f\x8b\x08\x00", b'{"a": "' + b"\\u0000" * 9 + b'"}',
)  # fmt: skip
TOKENS = (b"", b" ", b"forged", "salah-é".encode("latin-1"), b"\xff\xff", b"Bearer", b"x" * 4_000, b"null", b"a,b")


class Request(NamedTuple):
    """`is_spoilt` means that no program could take it for a good one; the others may be kept, and believed never."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    is_spoilt: bool


def deliveries(dice: Random, bodies: list[dict[str, Any]], good: dict[str, str], count: int) -> Iterator[Request]:
    """Webhooks: forged by their token, spoilt in their bytes, or well formed and lying about money."""
    for number in range(count):
        headers = [(name.encode(), value.encode()) for name, value in good.items()]
        if dice.random() < 0.6:
            headers.append((b"webhook-id", dice.choice((b"", b"x" * 3_000, b"\xe9", b"%d" % (number % 40), b"a b;c"))))
        kind = dice.randrange(4)
        if kind == 0:
            others = [pair for pair in headers if pair[0] != b"x-callback-token"]
            forged = [*others, (b"x-callback-token", dice.choice(TOKENS))]
            yield Request(forged, json.dumps(bent(dice, dice.choice(bodies))).encode(), is_spoilt=True)
        elif kind == 1:
            yield Request(headers, spoilt(dice, json.dumps(dice.choice(bodies)).encode()), is_spoilt=True)
        else:
            yield Request(headers, json.dumps(bent(dice, dice.choice(bodies))).encode(), is_spoilt=False)


def orders(dice: Random, body: dict[str, Any], good: dict[str, str], count: int) -> Iterator[Request]:
    """Calls of the payments API of which each has at least one thing that cannot be right."""
    for number in range(count):
        headers = {name.encode(): value.encode() for name, value in good.items()}
        headers[b"idempotency-key"] = b"order-%08d" % number
        match dice.randrange(5):
            case 0:
                headers[b"authorization"] = dice.choice(
                    (b"", b"Bearer ", b"Basic abc", b"Bearer \xe9", b"Bearer " + b"x" * 3_000)
                )
                yield Request([*headers.items()], json.dumps(body).encode(), is_spoilt=True)
            case 1:
                headers[b"idempotency-key"] = dice.choice(
                    (b"", b"short", b"x" * 81, b"\xe9" * 12, b"tab\there1", b" " * 20)
                )
                yield Request([*headers.items()], json.dumps(body).encode(), is_spoilt=True)
            case 2:
                yield Request([*headers.items()], spoilt(dice, json.dumps(body).encode()), is_spoilt=True)
            case 3:
                lacking = {**body, dice.choice(list(body)): dice.choice(ODD[:6] + ODD[8:])}
                yield Request([*headers.items()], json.dumps(lacking).encode(), is_spoilt=True)
            case _:
                surplus = {**body, f"extra_{number % 7}": dice.choice(ODD)}
                yield Request([*headers.items()], json.dumps(surplus).encode(), is_spoilt=True)


def bent(dice: Random, body: dict[str, Any]) -> dict[str, Any]:
    """A few values anywhere in it replaced, dropped, doubled under another name, or nested once more."""
    made = copy.deepcopy(body)
    for _ in range(dice.randint(1, 4)):
        places = list(_objects(made))
        place = dice.choice(places)
        if not place:
            place["event"] = _odd(dice)
            continue
        key = dice.choice(list(place))
        match dice.randrange(5):
            case 0:
                place[key] = _odd(dice)
            case 1:
                del place[key]
            case 2:
                place[dice.choice(("data", "id", "status", "amount", key.upper()))] = copy.deepcopy(place[key])
            case 3:
                place[key] = {"data": place[key]}
            case _:
                place[key] = str(place[key])
    return made


def spoilt(dice: Random, body: bytes) -> bytes:
    """Bytes that are not one JSON object any more."""
    match dice.randrange(4):
        case 0:
            return dice.choice(RAW)
        case 1:
            return body[: dice.randrange(len(body))]
        case 2:
            at = dice.randrange(1, len(body))
            return body[:at] + bytes([dice.choice((0, 7, 0xC3, 0xFF))]) + body[at:]
        case _:
            return b"[" + body + b"]"


def _odd(dice: Random) -> Any:
    return copy.deepcopy(dice.choice(ODD))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)

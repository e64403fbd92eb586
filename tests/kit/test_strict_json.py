"""What strangers may send as JSON, and what is turned away before it can reach a column or a sum."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.strict_json import CAP_BYTES, DEEPEST, JsonRefused, read_object


def test_an_object_is_read_with_whole_numbers_whole_and_fractions_exact() -> None:
    read = read_object(b'{"a": 9007199254740993, "b": 0.1, "c": [true, null, "x"], "d": 1e3, "e": -5}')
    assert read == {"a": 9007199254740993, "b": Decimal("0.1"), "c": [True, None, "x"], "d": Decimal("1E+3"), "e": -5}
    assert type(read["b"]) is Decimal


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


def test_depth_is_counted_to_the_level_and_not_inside_texts() -> None:
    read_object(nested(DEEPEST))
    read_object(json.dumps({"a": '[{"\\' * 1000}).encode())
    with pytest.raises(JsonRefused, match="deeper"):
        read_object(nested(DEEPEST + 1))


@pytest.mark.parametrize("text", ['"[{', "[{]}", "\\"])
def test_many_brackets_side_by_side_are_not_deep_whatever_stands_in_texts(text: str) -> None:
    many = {"all": [{"text": text, "list": [1]} for _ in range(DEEPEST)]}
    assert read_object(json.dumps(many).encode()) == many
    deep = json.dumps(many).encode()[:-1] + b', "deep": ' + nested(DEEPEST) + b"}"
    with pytest.raises(JsonRefused, match="deeper"):
        read_object(deep)


def test_a_number_of_forty_digits_is_read_and_digits_in_a_text_are_no_number() -> None:
    long = {"number": int("9" * 40), "negative": -int("9" * 39), "text": "1" * 99}
    assert read_object(json.dumps(long).encode()) == long
    with pytest.raises(JsonRefused, match="too long"):
        read_object(b'{"a": -' + b"1" * 40 + b"}")


def test_size_is_counted_to_the_byte() -> None:
    fits = b'{"a": "' + b"x" * (CAP_BYTES - 9) + b'"}'
    assert len(fits) == CAP_BYTES
    read_object(fits)
    with pytest.raises(JsonRefused, match="larger"):
        read_object(fits + b" ")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"{]", "not JSON"),
        (b"]" * 50, "not JSON"),
        (b"[1]", "not an object"),
        (b"1", "not an object"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1, "a": 1}', "twice"),
        (b'{"x": [{"a": 1, "a": 2}]}', "twice"),
        (b'{"a": ' + b"1" * 41 + b"}", "too long"),
        (b'{"a": 0.' + b"1" * 41 + b"}", "too long"),
        (b'{"a": 1e400}', "out of range"),
        (b'{"a": 1e-400}', "out of range"),
        (b'{"a": 1e99999999999999999999}', "out of range"),
        (b'{"a": "\\u0000"}', "cannot be stored"),
        (b'{"\\u0000": 1}', "cannot be stored"),
        (b'{"a": ["\\udc00"]}', "cannot be stored"),
    ],
)
def test_what_is_unsafe_to_keep_is_refused_and_the_reason_says_why(body: bytes, why: str) -> None:
    with pytest.raises(JsonRefused, match=why):
        read_object(body)


def test_a_refusal_never_quotes_the_body() -> None:
    with pytest.raises(JsonRefused) as refused:
        read_object(b'{"password": "hunter2", "password": "hunter2"}')
    assert "hunter2" not in str(refused.value)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\0123456789.eE-untrlfasNaI', max_size=80).map(str.encode))
def test_any_bytes_are_an_object_or_a_refusal(body: bytes) -> None:
    try:
        read = read_object(body)
    except JsonRefused:
        return
    assert isinstance(read, dict)


_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner),
    max_leaves=10,
)


@given(st.dictionaries(_texts, _values, max_size=4))
def test_ordinary_json_comes_back_as_it_was(value: dict[str, Any]) -> None:
    assert read_object(json.dumps(value).encode()) == value

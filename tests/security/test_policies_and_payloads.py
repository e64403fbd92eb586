"""The mark of a handler, and the strict model made from its signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from billing_ui.security.payloads import MAX_NUMBER, UnsafeSignatureError, accepts, payload_model
from billing_ui.security.policy import Policy, policy, policy_of


@dataclass
class Order:
    price: int


class Form(BaseModel):
    price: int


def pay(self: object, amount: int, method: Literal["QRIS", "CARD"], tags: list[str], note: str | None = None) -> None:
    """A handler of plain arguments."""


def bounded(self: object, tokens: Annotated[int, Field(ge=1, le=10)]) -> None:
    """A handler that names its bounds."""


def test_a_handler_without_a_mark_has_no_policy() -> None:
    assert policy_of(pay) is None


def test_a_forged_mark_is_no_policy() -> None:
    def handler() -> None: ...

    handler.__policy__ = "public"  # type: ignore[attr-defined]  # wrong on purpose
    assert policy_of(handler) is None


def test_a_mark_says_who_may_call() -> None:
    @policy("operator", perm="tokens.grant")
    def handler() -> None: ...

    assert policy_of(handler) == Policy("operator", "tokens.grant")


def test_an_unknown_audience_or_a_customers_permission_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="audience"):
        policy("everybody")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="permissions"):
        policy("user", perm="tokens.grant")


GOOD: dict[str, Any] = {"amount": 5, "method": "QRIS", "tags": ["a"]}


@pytest.mark.parametrize(
    "more", [{}, {"note": "x"}, {"note": None}, {"tags": []}, {"amount": -MAX_NUMBER}, {"note": "a\nb"}]
)
def test_exactly_the_signature_is_accepted(more: dict[str, Any]) -> None:
    assert accepts(pay, {**GOOD, **more})


@pytest.mark.parametrize(
    "more",
    [
        {"amount": "5"}, {"amount": 5.0}, {"amount": True}, {"amount": None}, {"amount": MAX_NUMBER + 1},
        {"method": "CASH"}, {"method": ["QRIS"]}, {"tags": "a"}, {"tags": [1]}, {"tags": ["a"] * 201},
        {"tags": ("a",)}, {"note": 5}, {"note": "x" * 4_097}, {"extra": 1}, {"self": 1}, {"a0": 5},
        {"note": "a\x00b"}, {"note": "\ud800"},
    ],
)  # fmt: skip
def test_anything_else_is_not(more: dict[str, Any]) -> None:
    assert not accepts(pay, {**GOOD, **more})


def test_named_bounds_are_kept() -> None:
    assert [accepts(bounded, {"tokens": tokens}) for tokens in (0, 1, 10, 11)] == [False, True, True, False]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
                    max_leaves=8))  # fmt: skip
def test_whatever_comes_is_judged_without_an_error(payload: object) -> None:
    assert accepts(pay, payload) is False or isinstance(payload, dict)


def takes_dataclass(self: object, order: Order) -> None: ...
def takes_model(self: object, order: Form) -> None: ...
def takes_dict(self: object, form: dict[str, str]) -> None: ...
def takes_anything(self: object, what: Any) -> None: ...
def takes_float(self: object, share: float) -> None: ...
def takes_unnamed(self, what) -> None: ...  # type: ignore[no-untyped-def]  # wrong on purpose
def takes_the_rest(self: object, **rest: str) -> None: ...
def takes_many(self: object, *rest: str) -> None: ...
def takes_deep(self: object, what: list[Order]) -> None: ...


@pytest.mark.parametrize(
    "handler",
    [
        takes_dataclass, takes_model, takes_dict, takes_anything, takes_float, takes_unnamed, takes_the_rest,
        takes_many, takes_deep,
    ],
)  # fmt: skip
def test_a_handler_that_takes_more_than_plain_types_accepts_nothing(handler: Any) -> None:
    with pytest.raises(UnsafeSignatureError):
        payload_model(handler)
    assert not accepts(handler, {})
    assert not accepts(handler, {"order": {"price": 0}})

"""Sentences, money and time as Vars that the browser writes in the reader's language, without asking the server."""

from typing import Any, Final

import reflex as rx
from reflex.vars import VarData

from billing_ui.i18n.browser import APART

Words = rx.Var[Any] | str
Handler = Any
"""What Reflex accepts for an event: a handler, a spec, a lambda or a list of them."""

UI: Final = "$/public/ui.js"
_T: Final = VarData(imports={UI: [rx.ImportVar(tag="useT")]}, hooks={"const t = useT()": None})


def t(key: Words, args: Any = None, /, **named: Any) -> rx.Var[str]:
    """The sentence of a key. Arguments are named Vars or values; `args` is a dict Var that came from the server."""
    given = named if args is None else args
    return _call("t", key, given) if args is not None or named else _call("t", key)


def money(amount: Any, currency: Any = "IDR") -> rx.Var[str]:
    """An amount in the smallest unit of its currency."""
    return _call("t.money", amount, currency)


def idr(amount: Any) -> rx.Var[str]:
    """Whole rupiah."""
    return money(amount)


def num(value: Any) -> rx.Var[str]:
    """A grouped whole number."""
    return _call("t.num", value)


def compact(value: Any) -> rx.Var[str]:
    """A short number for narrow places."""
    return _call("t.compact", value)


def when(instant: Any, zone: Any = "Asia/Jakarta") -> rx.Var[str]:
    """Date and time of an ISO instant in a zone, with its label."""
    return _call("t.when", instant, zone)


def day(instant: Any, zone: Any = "Asia/Jakarta") -> rx.Var[str]:
    """The date alone."""
    return _call("t.day", instant, zone)


def ago(instant: Any) -> rx.Var[str]:
    """How long ago, as of this rendering; `browser.Ago` keeps counting."""
    return _call("t.ago", instant)


def pair(both: Any) -> rx.Var[str]:
    """A catalogue text that travels as `{id, en}`."""
    return _call("t.pair", both)


def language() -> rx.Var[str]:
    """`id` or `en`, as chosen in this browser."""
    return rx.Var(_js_expr="t.lang", _var_type=str, _var_data=_T).to(str)


def said(words: Words) -> rx.Var[Any] | str:
    """A plain string is a key of the catalogue, a Var is already words."""
    return t(words) if isinstance(words, str) else words


def _words_of(key: str) -> VarData | None:
    """The file of the key's family, where it stands apart; a key may be the beginning of one, in the browser's code."""
    for name, families in APART.items():
        if any(f'"{family}' in key for family in families):
            return VarData(imports={"": [rx.ImportVar(tag=f"$/public/words_{name}.js")]})
    return None


def _call(function: str, *args: Any) -> rx.Var[str]:
    given = [rx.Var.create(arg) for arg in args]
    words = _words_of(str(given[0])) if function == "t" else None
    data = VarData.merge(_T, words, *(arg._get_all_var_data() for arg in given))
    return rx.Var(_js_expr=f"{function}({', '.join(map(str, given))})", _var_type=str, _var_data=data).to(str)

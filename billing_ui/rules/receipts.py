"""What a receipt is called, what its code looks like, and which tax stands on it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from billing_ui.kit.amount import half_up
from billing_ui.kit.ids import CROCKFORD
from billing_ui.rules.topups import TaxMode

CHECK_CODE_LENGTH = 10
_DIGITS = 6
_NUMBER = re.compile(r"KW-[0-9]{4}-[0-9]{6,12}")
# People read aloud and type from paper: these signs are taken for the ones they look like.
_MISREAD = str.maketrans("oilu", "011v", " -\u2010\u2011\u2013")
_PER = 10_000


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax inside a total. `base` is what it was reckoned on; a rate of None is not known any more."""

    mode: TaxMode
    rate_per_10000: int | None
    amount: int
    base: int


def series(year: int) -> str:
    """Each year of the seller counts from one."""
    return f"KW-{year:04d}"


def number(in_series: str, seq: int) -> str:
    return f"{in_series}-{seq:0{_DIGITS}d}"


def is_number(words: str) -> bool:
    return _NUMBER.fullmatch(words) is not None


def check_code(typed: str) -> str:
    """What somebody typed from paper, as it is stored; empty when it cannot be a code."""
    code = typed.strip().lower().translate(_MISREAD)
    is_code = len(code) == CHECK_CODE_LENGTH and all(sign in CROCKFORD for sign in code)
    return code if is_code else ""


def printed(code: str) -> str:
    """The code as it stands on paper: capitals in two halves."""
    half = CHECK_CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}".upper()


def pdf_path(receipt: str) -> str:
    return f"/receipts/{receipt}.pdf"


def verify_path(receipt: str, code: str) -> str:
    """The public page; with the code it tells, without it asks."""
    return f"/receipts/{receipt}/?c={code}"


def tax_line(mode: TaxMode, rate_per_10000: int, taxed: int, tax: int) -> TaxLine | None:
    """The line for tax that was added to `taxed`, or that is inside it; None when there is none."""
    if tax > 0:
        is_by_rate = half_up(taxed * rate_per_10000, _PER) == tax
        return TaxLine("added", rate_per_10000 if is_by_rate else None, tax, taxed)
    if mode == "included" and rate_per_10000 > 0:
        inside = half_up(taxed * rate_per_10000, _PER + rate_per_10000)
        return TaxLine("included", rate_per_10000, inside, taxed - inside)
    return None

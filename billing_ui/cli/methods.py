"""`billing-ui payments methods`: each way to pay: what it takes, what it costs, who bears that, whether it is open."""

from __future__ import annotations

import argparse
import json

from billing_ui import runtime
from billing_ui.rules.methods import METHODS, Fee, Method
from billing_ui.rules.topups import Terms, fee_of
from billing_ui.services import wishes


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listed = verbs.add_parser("methods", help="every way to pay: limits, fee, open or closed")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=run_methods)


def run_methods(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        terms = wishes.terms(tx)
    if options.json:
        print(json.dumps({"fee_payer": terms.fee_payer, "methods": [_told(each, terms) for each in METHODS.values()]},
                         indent=2))  # fmt: skip
        return 0
    print(f"  {'method':<11} {'gateway':<7} {'minimum':>13} {'maximum':>17}  {'fee':<16} {'refund':<7} open")
    for method in METHODS.values():
        fee = fee_of(method.code, terms)
        mark = "*" if fee != method.fee else " "
        print(f"{mark} {method.code:<11} {method.gateway:<7} {method.minimum:>13,} {method.maximum:>17,}  "
              f"{_spoken(fee):<16} {_way_back(method):<7} {'yes' if method.open else 'no'}")  # fmt: skip
    print("* not the table's own fee: from fee.methods or fee.amount")
    print("refund: what the gateway gives back; the rest goes by hand")
    print(f"borne by {terms.fee_payer} (fee.payer); percent are of the price; amounts are whole rupiah")
    return 0


def _told(method: Method, terms: Terms) -> dict[str, object]:
    fee = fee_of(method.code, terms)
    return {
        "method": method.code, "group": method.group, "gateway": method.gateway, "minimum": method.minimum,
        "maximum": method.maximum, "fee": {"flat": fee.flat, "per_10000": fee.per_10000}, "open": method.open,
        "refund": _way_back(method), "is_table_fee": fee == method.fee,
    }  # fmt: skip


def _way_back(method: Method) -> str:
    if not method.refundable:
        return "none"
    return "whole" if method.whole_only else "parts"


def _spoken(fee: Fee) -> str:
    """`4,000 + 1.5%`: without a fraction of our own making."""
    percent = f"{fee.per_10000 // 100}.{fee.per_10000 % 100:02d}".rstrip("0").rstrip(".") + "%"
    parts = ([f"{fee.flat:,}"] if fee.flat else []) + ([percent] if fee.per_10000 else [])
    return " + ".join(parts) or "none"

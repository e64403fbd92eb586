"""`billing-ui payments refund`: sends back what paid a purchase, in part or whole, or records a transfer by hand."""

from __future__ import annotations

import argparse
import sys

from billing_ui import runtime
from billing_ui.cli.exits import REFUSED
from billing_ui.cli.terminal import operator
from billing_ui.rules.errors import NotConfirmed
from billing_ui.services import refund_offers, refund_requests
from billing_ui.services.refund_requests import RefundView

_LOST = frozenset({"failed", "canceled"})


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("refund", help="send back what paid a purchase; the same command twice is one refund")
    parser.add_argument("payment", metavar="REF_OR_ID", help="top_…, its reference at the gateway, or pay_…")
    parser.add_argument("--amount", type=int, required=True, help="in the smallest unit; 50000 is Rp 50.000")
    parser.add_argument("--reason", required=True, help="at least ten characters, kept in the audit")
    parser.add_argument("--by-hand", action="store_true", help="you have sent a bank transfer; only write it down")
    parser.add_argument("--bank-reference", default="", help="the bank's number of that transfer")
    parser.add_argument("--confirm", type=int, metavar="AMOUNT", help="a large sum once more; a terminal asks for it")
    parser.add_argument("--key", default="", help="names this refund; another key is another refund")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    try:
        done = _sent(options, options.confirm)
    except NotConfirmed as error:
        if options.confirm is not None or not sys.stdin.isatty():
            raise
        done = _sent(options, _typed(f"{error.facts['amount']} {error.facts['currency']}"))
    print(_spoken(done))
    return REFUSED if done.status in _LOST else 0


def _sent(options: argparse.Namespace, confirmed: int | None) -> RefundView:
    env, actor = runtime.env(), operator()
    with env.db.read() as tx:
        payment = refund_offers.paying(tx, options.payment)
    if options.by_hand:
        number = options.bank_reference.strip()
        key = options.key or f"cli:hand:{payment}:{options.amount}:{number}"
        return refund_requests.record_manual(
            env, actor, payment, options.amount, options.reason, number, key=key, confirmed=confirmed
        )
    key = options.key or f"cli:{payment}:{options.amount}:{options.reason.strip()}"
    return refund_requests.request(env, actor, payment, options.amount, options.reason, key=key, confirmed=confirmed)


def _typed(asked: str) -> int | None:
    """What is typed in answer; anything but a plain number confirms nothing."""
    answer = input(f"{asked} is a large sum. Type the amount once more to send it: ").strip()
    return int(answer) if answer.isdecimal() and answer.isascii() else None


def _spoken(done: RefundView) -> str:
    line = f"{done.refund}: {done.status} {done.amount} {done.currency} of {done.payment}"
    if done.status == "succeeded":
        return f"{line}, tokens {done.tokens}"
    if done.status in _LOST:
        return f"{line}, {done.failure_code or 'no reason given'}: nothing left; ask anew with another --key"
    return f"{line}, booked when the gateway says that it is done"

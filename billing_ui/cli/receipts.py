"""`billing-ui receipts list | print | verify | issue-missing`: what was issued, the paper of one, and whether a
receipt somebody holds is genuine."""

from __future__ import annotations

import argparse
from pathlib import Path

from billing_ui import runtime
from billing_ui.cli.terminal import operator
from billing_ui.i18n.format import money
from billing_ui.i18n.load import LANGUAGES
from billing_ui.queries import receipts as stored
from billing_ui.queries.receipts import ReceiptView
from billing_ui.services import papers, receipts
from billing_ui.services.missing_receipts import issue_missing


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("receipts", help="list receipts, print one, check whether one is genuine")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="the newest receipts")
    listed.add_argument("--limit", type=int, default=20)
    listed.set_defaults(run=run_list)
    paper = verbs.add_parser("print", help="write the PDF of one receipt")
    paper.add_argument("number", metavar="NUMBER", help="such as KW-2026-000123")
    paper.add_argument("--out", type=Path, required=True, metavar="FILE")
    paper.add_argument("--lang", choices=LANGUAGES, help="otherwise the account's own")
    paper.set_defaults(run=run_print)
    verify = verbs.add_parser(
        "verify", help="check a receipt by the code printed on it; exit code 1 when it is not ours"
    )
    verify.add_argument("number", metavar="NUMBER")
    verify.add_argument("code", metavar="CODE")
    verify.set_defaults(run=run_verify)
    missing = verbs.add_parser("issue-missing", help="give paid purchases of before receipts existed theirs, now")
    missing.set_defaults(run=run_missing)


def run_list(options: argparse.Namespace) -> int:
    with runtime.env().db.read() as tx:
        found = stored.newest(tx, options.limit)
    for receipt in found:
        print(_told(receipt))
    return 0


def run_print(options: argparse.Namespace) -> int:
    env = runtime.env()
    receipt = receipts.show(env, operator(), options.number)
    options.out.write_bytes(papers.receipt_pdf(env, receipt, options.lang or receipt.language))
    print(f"{receipt.number}: written to {options.out}")
    return 0


def run_verify(options: argparse.Namespace) -> int:
    print(_told(receipts.prove(runtime.env(), options.number, options.code)))
    return 0


def run_missing(_options: argparse.Namespace) -> int:
    env, issued = runtime.env(), 0
    while batch := issue_missing(env):
        issued += batch
    print(f"receipts issued: {issued}")
    return 0


def _told(receipt: ReceiptView) -> str:
    amount = money("en", receipt.total, receipt.currency)
    paid_at = receipt.paid_at.isoformat(timespec="seconds")
    return f"{receipt.number}  {paid_at}  {amount:>16}  {receipt.standing:<15}  {receipt.ref}"

"""`billing-ui verify`: recomputes every account's books from their entries. Exit code 1 when something is wrong."""

from __future__ import annotations

import argparse

from billing_ui import ledger, runtime

_HEADINGS = ("check", "account", "subject", "found", "expected")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("verify", help="recompute the books from their entries; exit code 1 on a finding")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    env = runtime.env()
    findings = ledger.verify(env.db, env.catalogue.paid_meter)
    if not findings:
        print("verify: the books are right")
        return 0
    rows = [_HEADINGS, *((f.check, str(f.account_id), f.subject, str(f.found), str(f.expected)) for f in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"verify: {len(findings)} findings")
    return 1

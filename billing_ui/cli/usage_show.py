"""`billing-ui usage show REF`: what an account may use now, and what it used today and in a month."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from billing_ui import runtime
from billing_ui.cli.whose import NOT_ONE, REFERENCE, one
from billing_ui.kit.period import local_day
from billing_ui.queries.host_payments import account_id_of
from billing_ui.queries.limits import CurrentLimits, user_current_limits
from billing_ui.queries.usage import MonthView, UsageView, UsedIn, month, today


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("show", help="limits, today's use, and a month by operation and model")
    parser.add_argument("reference", metavar="REF", help=REFERENCE)
    parser.add_argument("--month", type=_month, metavar="MONTH", help="such as 2026-11; the running one if left out")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    env = runtime.env()
    account = one(env, options.reference)
    if account is None:
        return NOT_ONE
    now = env.clock.now()
    with env.db.read() as tx:
        account_id = account_id_of(tx, account=account.account, external_id=None)
        assert account_id is not None
        limits = user_current_limits(tx, env.writer.terms, account_id, now)
        day = today(tx, account_id, limits.zone, now)
        month_on = options.month or local_day(now, limits.zone)
        whole = month(tx, account_id, month_on)
    print(json.dumps(_record(limits, day, whole), indent=2) if options.json else "\n".join(_lines(limits, day, whole)))
    return 0


def _month(words: str) -> date:
    try:
        return date.fromisoformat(f"{words}-01")
    except ValueError:
        raise argparse.ArgumentTypeError("a month is written 2026-11") from None


def _record(limits: CurrentLimits, day: UsageView, whole: MonthView) -> dict[str, Any]:
    def rows(used: Iterable[UsedIn]) -> list[dict[str, Any]]:
        return [{"group": row.group, "meter": row.meter, **row.used._asdict()} for row in used]

    return {
        "account": limits.account, "external_id": limits.external_id, "plan": limits.plan, "access": limits.access,
        "zone": limits.zone, "balance": limits.balance, "held": limits.held, "spendable": limits.spendable,
        "allowance_left": limits.allowance_left, "limits": _limits(limits),
        "today": {"day": day.first_on.isoformat(), "operations": rows(day.rows)},
        "month": {
            "month": whole.month_on.strftime("%Y-%m"), "days": rows(whole.days),
            "operations": rows(whole.operations), "models": rows(whole.models),
        },
    }  # fmt: skip


def _limits(limits: CurrentLimits) -> list[dict[str, Any]]:
    return [
        {
            "meter": state.limit.meter, "window": state.limit.window, "used": state.used,
            "limit": state.limit.quantity if isinstance(state.limit.quantity, int) else None,
            "remaining": state.remaining, "percent": state.percent,
            "resets_at": state.resets_at.isoformat() if state.resets_at else None,
        }
        for meter in limits.meters.values()
        for state in meter.limits
    ]  # fmt: skip


def _lines(limits: CurrentLimits, day: UsageView, whole: MonthView) -> list[str]:
    lines = [
        f"{limits.account}  {limits.plan}, {limits.access}, {limits.zone}",
        f"balance {limits.balance}, held {limits.held}, included and left {limits.allowance_left}",
    ]
    for limit in _limits(limits):
        most = "unlimited" if limit["limit"] is None else f"{limit['limit']} ({limit['percent']} %)"
        until = f", anew {limit['resets_at']}" if limit["resets_at"] else ""
        lines.append(f"  {limit['meter']} per {limit['window']}: {limit['used']} of {most}{until}")
    titles = (
        (f"today, {day.first_on.isoformat()}", day.rows),
        (f"{whole.month_on:%Y-%m} by operation", whole.operations),
        (f"{whole.month_on:%Y-%m} by model", whole.models),
    )
    for title, rows in titles:
        lines += ["", f"{title:<28}{'events':>10}{'drawn':>14}{'charged':>14}"]
        lines += [
            f"  {row.group or '-':<26}{row.used.events:>10}{row.used.quantity:>14}{row.used.charged:>14}  {row.meter}"
            for row in rows
        ] or ["  nothing yet"]
    return lines

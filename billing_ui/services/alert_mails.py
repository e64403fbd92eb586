"""What the payers of an account are written when a balance or a limit is going to end: once for each alert."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import NoResultFound

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.queries.limits import CurrentLimits, user_current_limits
from billing_ui.services import mails, people, settings

KIND = "alerts.tell"


def tell(env: Env, args: JsonMap) -> None:
    """Says nothing when it is over already: topped up, a larger plan, a new window."""
    with env.db.begin() as tx:
        try:
            limits = user_current_limits(tx, env.writer.terms, int(args["account"]), env.clock.now())
        except NoResultFound:
            return
        if args["meter"]:
            facts = _quota(env, limits, args, int(settings.get(tx, "quota.warning_percent")))
        else:
            facts = _balance(env, limits, int(settings.get(tx, "balance.low_tokens")))
        for user in people.payers(tx, int(args["account"])) if facts else ():
            mails.queue(tx, env, args["kind"], f"{args['key']}:{user.public_id}", user, facts or {})


def _balance(env: Env, limits: CurrentLimits, low: int) -> dict[str, Any] | None:
    if limits.spendable >= low:
        return None
    worth = env.catalogue.worth(limits.balance)
    return {
        "balance": limits.balance, "token_equivalent": worth.quantity if worth else None,
        "currency": env.catalogue.currency, "cta_link": env.config.url("/subscription/topup/"),
    }  # fmt: skip


def _quota(env: Env, limits: CurrentLimits, args: JsonMap, warning: int) -> dict[str, Any] | None:
    states = limits.standing.limits(args["meter"], limits.at)
    state = next((one for one in states if one.limit.window == args["window"]), None)
    running = limits.standing.calendar.windows(limits.at)[args["window"]].starts
    if state is None or running != args["starts"] or state.percent < warning:
        return None
    if (state.percent >= 100) != (args["kind"] == "quota_reached"):
        return None
    name = env.catalogue.meters[args["meter"]].name
    return {
        "quota": {"id": name.id, "en": name.en, "used": state.used, "limit": state.limit.quantity},
        "resets_at": state.resets_at.isoformat() if state.resets_at else None, "zone": limits.zone,
        "cta_link": env.config.url("/subscription/plans/"),
    }  # fmt: skip

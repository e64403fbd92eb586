"""What a host app's users use up: may they, what does it cost, and what pays for it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from billing_ui.env import Env
from billing_ui.ledger import Ask, Held, Outcome, Released, Taken
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError, EventFailed
from billing_ui.services.usage_asks import Usage, ask, named

__all__ = [
    "LARGEST_BATCH", "Held", "Outcome", "Released", "Taken", "Usage", "batch", "check", "check_and_wait", "record",
    "record_and_wait", "release", "reserve", "settle",
]  # fmt: skip

log = logging.getLogger(__name__)

LARGEST_BATCH = 1000


async def check(env: Env, actor: Actor, usage: Usage) -> Outcome:
    """Whether `record` would accept this now, by the same reading and the same rule. Writes nothing."""
    return await env.writer.ask(ask(env, actor, "check", usage))


async def record(env: Env, actor: Actor, usage: Usage) -> Outcome:
    """Charges an event, all or nothing. The same event id again answers what was answered then."""
    return await env.writer.ask(ask(env, actor, "record", usage))


async def reserve(env: Env, actor: Actor, usage: Usage, seconds: int) -> Outcome:
    """Sets an estimate aside before an AI call, for so long at most."""
    return await env.writer.ask(ask(env, actor, "reserve", usage, seconds))


async def settle(env: Env, actor: Actor, usage: Usage) -> Outcome:
    """Charges the true cost of a call that was reserved under this event id; the call was made, so it always takes."""
    return await env.writer.ask(ask(env, actor, "settle", usage))


async def release(env: Env, actor: Actor, account_id: int, event_id: str) -> Outcome:
    """Lets go of what was reserved under this event id: the call was not made."""
    return await env.writer.ask(Ask("release", account_id, named(event_id), actor.name, ""))


async def batch(env: Env, actor: Actor, usages: Sequence[Usage]) -> list[Outcome | BillingError]:
    """Records many events; each has an answer of its own, and a bad one loses nobody else's."""
    asks = [_ask_or_problem(env, actor, usage) for usage in usages]
    answers = iter(await env.writer.ask_all([each for each in asks if isinstance(each, Ask)]))
    return [next(answers) if isinstance(each, Ask) else each for each in asks]


def _ask_or_problem(env: Env, actor: Actor, usage: Usage) -> Ask | BillingError:
    try:
        return ask(env, actor, "record", usage)
    except BillingError as error:
        return error
    except Exception:
        # A fault of ours in one event must not cost the others their answers.
        log.exception("event %r of account %s broke before it reached the books", usage.event_id, usage.account_id)
        return EventFailed(event_id=usage.event_id)


def record_and_wait(env: Env, actor: Actor, usage: Usage) -> Outcome:
    """`record` for callers that are no coroutines: the command line, jobs, tests."""
    return env.writer.ask_and_wait(ask(env, actor, "record", usage))


def check_and_wait(env: Env, actor: Actor, usage: Usage) -> Outcome:
    return env.writer.ask_and_wait(ask(env, actor, "check", usage))

"""What the people of the demo used: real events through the books' own door, told when they would have happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from billing_ui.catalogues.measures import Operation
from billing_ui.env import Env
from billing_ui.kit.clock import ManualClock
from billing_ui.kit.period import local_day, local_instant, start_of_day
from billing_ui.ledger import Writer
from billing_ui.rules.access import Actor, system
from billing_ui.rules.meters import meters
from billing_ui.rules.usage import Refusal, Standing
from billing_ui.services import usage
from billing_ui.services.usage import Usage

_MODELS = ("claude-sonnet", "gpt-mini", "gemini-flash")
_PARTS = ((9, "pagi"), (14, "siang"), (20, "malam"))
_NEAR = 85
_MOST_EVENTS = 40


@contextmanager
def back_then(env: Env, began: datetime) -> Iterator[tuple[Env, ManualClock]]:
    """The same house on a clock of the past, with a writer of its own, because a writer keeps its clock."""
    clock = ManualClock(began)
    writer = Writer(env.db, clock, env.catalogue.paid_meter, env.signals.publish_all, env.awaken)
    try:
        yield replace(env, clock=clock, writer=writer), clock
    finally:
        writer.close_and_wait()


def live_a_day(
    env: Env, clock: ManualClock, actor: Actor, day: int, day_on: date, tokens: int, until: datetime
) -> None:
    """A working day in the zone of the account: two or three sessions of a few calls each."""
    catalogue = env.catalogue
    operations = tuple(catalogue.operations.values())
    count = 3 + day % 4 if tokens else 0
    for number in range(count):
        hour, part = _PARTS[number * len(_PARTS) // count]
        wall = datetime.combine(day_on, time(hour, (day * 17 + number * 23) % 60))
        happens_at = local_instant(wall, catalogue.zone)
        if happens_at >= until:
            return
        clock.advance(max(happens_at - clock.now(), timedelta(0)))
        operation = operations[(day + number * 3) % len(operations)]
        share = tokens // count + (number * 977) % 1_400
        event_id = f"demo-{day}" if number == 0 else f"demo-{day}-{number + 1}"
        model = _MODELS[(day * 5 + number) % len(_MODELS)]
        usage.record_and_wait(env, system("demo"), _event(actor, operation, event_id, model, share, f"{part}-{day}"))


def come_near(env: Env, actor: Actor, now: datetime) -> None:
    """Uses what the plan gives today up to where it gets tight, so that somebody meets the warnings."""
    catalogue = env.catalogue
    first, zone = next(iter(catalogue.operations.values())), catalogue.zone
    alike = [each for each in catalogue.operations.values() if each.draws == first.draws]
    if catalogue.paid_meter and not _sip(env):
        return
    began = max(now - timedelta(minutes=_MOST_EVENTS), start_of_day(local_day(now, zone), zone))
    with back_then(env, began) as (past, clock):
        for number in range(_MOST_EVENTS):
            operation, model = alike[number % len(alike)], _MODELS[number // 2 % len(_MODELS)]
            told = _event(actor, operation, f"demo-near-{number}", model, _sip(env), "hari-ini")
            outcome = usage.record_and_wait(past, system("demo"), told)
            if isinstance(outcome.result, Refusal) or _used_percent(outcome.standing, clock.now()) >= _NEAR:
                return
            clock.advance(min(timedelta(minutes=1), now - clock.now()))


def _event(actor: Actor, operation: Operation, event_id: str, model: str, tokens: int, session: str) -> Usage:
    assert actor.account_id is not None
    if "rated" not in operation.draws.values():
        return Usage(actor.account_id, event_id, operation.slug, quantity=15 + tokens % 25, session=session)
    cached, written = tokens // 10, tokens * 3 // 10
    return Usage(
        actor.account_id, event_id, operation.slug, model, tokens - cached - written, written, cached, session=session
    )


def _sip(env: Env) -> int:
    """A fourteenth of what the default plan gives a day, or a period."""
    plan, paid = env.catalogue.plans[env.catalogue.default_plan], env.catalogue.paid_meter
    most = [limit.quantity for limit in plan.limits if limit.meter == paid and isinstance(limit.quantity, int)]
    return min([*most, *filter(None, [plan.included_tokens])], default=0) // 14


def _used_percent(standing: Standing, now: datetime) -> int:
    tightest = [state.tightest.percent for state in meters(standing, now).values() if state.tightest]
    included = standing.terms.included
    if included:
        tightest.append(100 - standing.allowance_left(now, now) * 100 // included)
    return max(tightest, default=100)

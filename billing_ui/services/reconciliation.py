"""Compares the gateway's own list with our payments and books, settles what was missed, and remembers the rest."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from billing_ui.env import Env
from billing_ui.kit.period import local_day, start_of_day
from billing_ui.models import Payment
from billing_ui.queries import clearing, reconciliation, tie_out
from billing_ui.queries.reconciliation import RunView
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import BillingError
from billing_ui.rules.facts import GatewayTransaction
from billing_ui.rules.reconciliation import MARGIN, OVERLAP, ZONE, Finding, Span, Stored, Tally, Tie, merged
from billing_ui.rules.tie_out import sums, tie
from billing_ui.services import differences, read_backs, refunds

log = logging.getLogger(__name__)

Progress = Callable[[str, int], None]
_DAY = timedelta(days=1)
_TELL_EVERY = 50
_MOST_ASKED = 200
# A gateway that refuses so many in a row is having a bad day; the next run goes on.
_PATIENCE = 5


@dataclass(frozen=True, slots=True)
class _Compared:
    listed: tuple[GatewayTransaction, ...]
    stored: tuple[Stored, ...]
    spans: tuple[Span, ...]
    tie: Tie


def reconcile(
    env: Env,
    actor: Actor,
    span: Span,
    *,
    gateway: str = "xendit",
    is_trial: bool = False,
    progress: Progress = lambda _step, _count: None,
) -> RunView:
    """One run over a span of time, and over all that is still open from before. Running it again changes nothing more.

    A trial looks and writes nothing. Otherwise money that the gateway lists under a reference of ours is read back
    and settled on the one road to paid; whatever else does not tie stays on the list until it does, or until somebody
    explains it.
    """
    require(actor, "payments.recheck" if is_trial else "payments.resolve")
    started_at = env.clock.now()
    compared = _compare_all(env, gateway, span, progress)
    settled = 0
    if not is_trial:
        settled = _settle_missed(env, actor, gateway, compared.tie.findings, progress)
        if settled:
            compared = _compare(env, gateway, compared.listed, compared.spans)
    totals = _totals(env, gateway, span, compared, settled)
    findings = compared.tie.findings
    if is_trial:
        with env.db.read() as tx:
            rest = differences.unexplained(tx, gateway, findings)
            return reconciliation.as_seen(tx, gateway, span, started_at, totals, rest)
    public_id = differences.keep(env, actor, gateway, span, started_at, totals, findings, compared.spans)
    with env.db.read() as tx:
        return reconciliation.run_view(tx, public_id, env.clock.now())


def due_span(env: Env, gateway: str = "xendit") -> Span:
    """The day before with its overlap, and whatever days no run has covered since the last whole one."""
    today = start_of_day(local_day(env.clock.now(), ZONE), ZONE)
    yesterday = start_of_day(local_day(today - timedelta(hours=1), ZONE), ZONE)
    with env.db.read() as tx:
        covered = reconciliation.covered_until(tx, gateway, at_least=_DAY)
    begin = yesterday if covered is None else min(yesterday, covered)
    return Span(begin - OVERLAP, today)


def _compare_all(env: Env, gateway: str, span: Span, progress: Progress) -> _Compared:
    """Lists, compares, and asks once more about money of ours that the list does not show."""
    with env.db.read() as tx:
        open_since = reconciliation.open_moments(tx, gateway)
    spans = merged([span, *(Span(moment, moment).widened(MARGIN) for moment in open_since)])
    listed: dict[str, GatewayTransaction] = {}
    for part in merged(one.widened(MARGIN) for one in spans):
        for line in env.gateways[gateway].transactions(part.since, part.until):
            listed[line.transaction_id] = line
            if len(listed) % _TELL_EVERY == 0:
                progress("listed", len(listed))
    progress("listed", len(listed))
    compared = _compare(env, gateway, tuple(listed.values()), spans)
    missing = [one.reference for one in compared.tie.findings if one.bucket == "ours_only" and one.reference]
    found = [line for reference in missing[:_MOST_ASKED] for line in env.gateways[gateway].transactions_of(reference)]
    if not found:
        return compared
    # The gateway dates it otherwise than we do; what it says about it counts all the same.
    listed |= {line.transaction_id: line for line in found}
    return _compare(
        env, gateway, tuple(listed.values()), (*spans, *(Span(line.happened_at, line.happened_at) for line in found))
    )


def _compare(env: Env, gateway: str, listed: tuple[GatewayTransaction, ...], spans: tuple[Span, ...]) -> _Compared:
    with env.db.read() as tx:
        stored = tie_out.stored(tx, gateway, (line.gateway_payment_id for line in listed), spans)
        posted = tie_out.posted_only(tx, gateway, spans)
        ours = tie_out.payments_of(tx, gateway, (line.reference for line in listed))
    return _Compared(listed, tuple(stored), spans, tie(listed, stored, posted, ours, spans, env.clock.now()))


def _settle_missed(env: Env, actor: Actor, gateway: str, findings: Sequence[Finding], progress: Progress) -> int:
    """Money that the gateway lists and we have not seen: read back, then settled like any other."""
    settled = failed = 0
    # Already in the books without a row of ours: booking it anew would count it twice; a person looks first.
    odd = {finding.gateway_payment_id for finding in findings if finding.bucket == "ledger"}
    for finding in findings:
        if finding.gateway_payment_id in odd:
            continue
        # A refund started at the gateway carries no reference of ours; what it gives back says whose it is.
        if finding.bucket != "gateway_only" or (finding.payment_id is None and finding.kind == "payment"):
            continue
        try:
            settled += _settle(env, actor, gateway, finding)
            failed = 0
        except BillingError as error:
            log.warning("%s could not be settled: %s", finding.gateway_payment_id, error)
            failed += 1
            if failed == _PATIENCE:
                break
        progress("settled", settled)
    return settled


def _settle(env: Env, actor: Actor, gateway: str, finding: Finding) -> bool:
    if finding.kind == "refund":
        return refunds.hear(env, actor, gateway, finding.gateway_payment_id) == "succeeded"
    request_id = env.gateways[gateway].request_of(finding.gateway_payment_id)
    if request_id is None or finding.payment_id is None:
        return False
    with env.db.read() as tx:
        payment = tx.get_one(Payment, finding.payment_id)
    read_backs.read_back(env, actor, payment, request_id, (finding.gateway_payment_id,))
    env.signals.publish(payment.account_id)
    return True


def _totals(env: Env, gateway: str, span: Span, compared: _Compared, settled: int) -> dict[str, Tally]:
    """Sides, buckets, and what the pockets hold over all time."""
    totals = {**sums(span, compared.listed, compared.stored, compared.tie), "settled": Tally(settled)}
    with env.db.read() as tx:
        totals["cash"] = _of(clearing.cash(tx, gateway))
        totals["clearing"] = _of(clearing.clearing(tx))
        totals["undecided"] = Tally()
        for waiting in clearing.undecided(tx, gateway):
            totals["undecided"].put(waiting.amount, waiting.currency)
    return totals


def _of(sums: dict[str, int]) -> Tally:
    return Tally(len(sums), Counter(sums))

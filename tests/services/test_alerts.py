"""People hear that a balance or a limit is going to end: in time, once, in their language, and not when it is over."""

from datetime import datetime

import pytest

from billing_ui.ledger import Taken
from billing_ui.models import Setting
from billing_ui.runtime import wake_with
from billing_ui.services import usage
from tests.live_sandbox import Box
from tests.metering import HOST, bring, chat, prepaid, use
from tests.world import Customer, World


def subjects(world: World, box: Box, customer: Customer) -> list[str]:
    while world.work():
        pass
    return [mail["subject"] for mail in box.inbox(customer.email)]


def test_a_balance_that_falls_through_its_thresholds_is_told_of_once_each(world: World, box: Box) -> None:
    sari = prepaid(world, 60_000)
    use(world, sari, "evt-1", 10_000)
    assert subjects(world, box, sari) == []
    for number in range(2, 8):
        use(world, sari, f"evt-{number}", 5_000)
    assert subjects(world, box, sari) == ["Token Anda Mulai Menipis - Makalah AI"]
    for number in range(8, 12):
        use(world, sari, f"evt-{number}", 4_000)
    assert sorted(subjects(world, box, sari)) == [
        "Token Anda Hampir Habis - Makalah AI", "Token Anda Mulai Menipis - Makalah AI",
    ]  # fmt: skip
    mail = next(each for each in box.inbox(sari.email) if "Hampir" in each["subject"])
    assert "4.000" in mail["text"]
    assert "/subscription/topup/" in mail["text"]


def test_who_topped_up_before_the_mail_went_out_is_not_told_of_a_low_balance(world: World, box: Box) -> None:
    sari = prepaid(world, 60_000)
    use(world, sari, "evt-1", 20_000)
    bring(world, sari.account_id, 500_000, "more")
    assert subjects(world, box, sari) == []


def test_a_limit_is_told_of_when_most_and_when_all_of_it_is_used_and_again_in_its_next_window(
    world: World, box: Box
) -> None:
    sari = world.customer()
    use(world, sari, "evt-1", 15_999)
    assert subjects(world, box, sari) == []
    use(world, sari, "evt-2", 1)
    use(world, sari, "evt-3", 1_000)
    assert subjects(world, box, sari) == ["Kuota Anda Hampir Habis - Makalah AI"]
    assert "Token: 17.000 dari 20.000" in box.inbox(sari.email)[0]["text"].replace("\u00a0", " ")
    use(world, sari, "evt-4", 3_000)
    assert sorted(subjects(world, box, sari)) == [
        "Kuota Anda Habis - Makalah AI", "Kuota Anda Hampir Habis - Makalah AI",
    ]  # fmt: skip
    world.later(days=1)
    use(world, sari, "evt-5", 16_000)
    assert len(subjects(world, box, sari)) == 3


def test_a_limit_that_is_used_up_in_one_go_is_told_of_once(world: World, box: Box) -> None:
    sari = world.customer()
    use(world, sari, "evt-1", 20_000)
    assert subjects(world, box, sari) == ["Kuota Anda Habis - Makalah AI"]


def test_another_process_does_not_tell_again(world: World, box: Box) -> None:
    sari = world.customer()
    use(world, sari, "evt-1", 17_000)
    world.env.writer._alerts._raised.clear()
    use(world, sari, "evt-2", 10)
    assert subjects(world, box, sari) == ["Kuota Anda Hampir Habis - Makalah AI"]


def test_the_runner_of_jobs_is_woken_for_an_alert_once_it_stands_and_for_nothing_else(world: World) -> None:
    sari = world.customer()
    woken: list[tuple[datetime, int]] = []

    def wake(due_at: datetime) -> None:
        woken.append((due_at, world.jobs("alerts.tell")))

    wake_with(world.env, wake)
    use(world, sari, "evt-1", 15_999)
    assert woken == []
    use(world, sari, "evt-2", 1)
    use(world, sari, "evt-3", 1)
    assert woken == [(world.clock.now(), 1)]


@pytest.mark.parametrize("percent", [50, 99])
def test_operators_say_when_to_warn(world: World, box: Box, percent: int) -> None:
    with world.env.db.begin() as tx:
        row = tx.get_one(Setting, "quota.warning_percent")
        row.value = {"v": percent}
    sari = world.customer()
    taken = usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-1", 10_000)).result
    assert isinstance(taken, Taken)
    assert len(subjects(world, box, sari)) == (percent == 50)

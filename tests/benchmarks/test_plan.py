"""A run says what it will do, keeps to its time, and goes on where it was stopped."""

import argparse
import json
from pathlib import Path

import pytest

from benchmarks import machine, plan, running
from benchmarks.listing import COMPARISONS, MEASUREMENTS

ALL = {*COMPARISONS, *MEASUREMENTS}


def options(file: Path, *, resume: bool = False) -> argparse.Namespace:
    return argparse.Namespace(
        quick=True, rounds=None, minutes=None, scenario="", db=None, json=file, resume=resume, report=False
    )


def test_every_scenario_has_its_time_and_all_together_fit_into_what_is_promised() -> None:
    for quick, minutes in ((True, plan.QUICK_MINUTES), (False, plan.FULL_MINUTES)):
        wanted = ALL - {"live_push", "rollups"} if quick else ALL
        steps = plan.steps(wanted, None, quick=quick)
        assert {step.name for step in steps} == wanted | {plan.BOOKS}
        assert sum(step.expected_s for step in steps) < 0.95 * minutes * 60


def test_large_books_are_made_before_the_first_who_needs_them_and_only_then() -> None:
    names = [step.name for step in plan.steps({"posting", "flat", "reads"}, None, quick=True)]
    assert names == ["posting", plan.BOOKS, "reads", "reads", "flat", "flat"]
    assert [step.name for step in plan.steps({"posting"}, None, quick=True)] == ["posting"]


def test_what_does_not_fit_is_left_out_and_what_is_spare_is_known() -> None:
    short, long = plan.Step("short", "", 10), plan.Step("long", "", 600)
    clock = plan.Clock(5, [long, short])
    assert not clock.fits(long)
    assert 280 < clock.spare_s() < 291
    assert clock.fits(short)
    assert 290 < clock.spare_s() <= 300
    assert not clock.is_over()
    assert plan.Clock(0, []).is_over()


def test_who_is_behind_the_plan_has_fewer_rounds_of_everything() -> None:
    first, second = plan.Step("first", "", 40), plan.Step("second", "", 80)
    behind = plan.Clock(1, [first, second])
    assert behind.rounds(9) == 9
    assert behind.fits(first)
    assert behind.rounds(9) == 4
    assert [behind.rounds(wanted) for wanted in (5, 2)] == [3, 2]


def test_a_run_goes_on_with_what_the_same_code_has_measured_and_with_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    kept = {
        "facts": machine.facts(), "quick": True, "noise": "", "probes": [], "seconds": 40, "left_out": ["flat on pg"],
        "results": [{"scenario": "reads", "db": "pg", "verdicts": []}], "measured": [{"scenario": "webhooks"}],
    }  # fmt: skip
    file.write_text(json.dumps(kept), encoding="utf-8")
    run = running.Run(options(file, resume=True))
    left = {(step.name, step.db) for step in run.planned}
    assert not {("reads", "pg"), ("webhooks", "")} & left
    assert {("reads", "sqlite"), ("flat", "pg")} < left
    assert run.record["left_out"] == []

    file.write_text(json.dumps(kept | {"facts": machine.facts() | {"commit": "another"}}), encoding="utf-8")
    with pytest.raises(running.OtherRunError, match="another commit"):
        running.Run(options(file, resume=True))

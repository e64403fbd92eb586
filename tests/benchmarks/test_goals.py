"""What is measured is judged fairly: by the far end of a range, against the best of the references, pair by pair."""

import re
from pathlib import Path
from random import Random

import pytest

from benchmarks import comparing, grown, machine, report
from benchmarks.callers import Window
from benchmarks.goals import Goal, all_goals, bootstrap, judge
from benchmarks.listing import COMPARISONS, UnknownError, chosen
from benchmarks.pgbench import sample_of, script
from benchmarks.samples import Sample
from benchmarks.traffic import Traffic

ATLEAST = Goal("G", "s", "ours", ">=", denominator="theirs", bound=2.0, says="-")


def rounds(*values: float, figure: str = "per_second") -> list[dict[str, float]]:
    return [{figure: value} for value in values]


def test_a_goal_is_met_only_by_the_far_end_of_its_range() -> None:
    theirs = rounds(10, 10, 10, 10, 10)
    outcomes = [
        judge(ATLEAST, "pg", {"ours": rounds(*ours), "theirs": theirs})[0].outcome
        for ours in ((21, 22, 23, 22, 21), (15, 15, 24, 26, 25), (11, 12, 13, 12, 11))
    ]
    assert outcomes == ["met", "inconclusive", "missed"]


def test_less_is_more_where_a_figure_is_a_time() -> None:
    goal = Goal("G", "s", "ours", "<=", figure="p99_ms", bound=25.0, says="-")
    quick, slow = ({"ours": rounds(*values, figure="p99_ms")} for values in ((20, 21, 22), (30, 31, 40)))
    assert judge(goal, "pg", quick)[0].outcome == "met"
    assert judge(goal, "pg", slow)[0].outcome == "missed"


def test_a_star_in_the_reference_is_the_best_of_them() -> None:
    goal = Goal("G", "s", "ours", ">=", denominator="bare, *", bound=1.0, says="-")
    verdict = judge(goal, "pg", {"ours": rounds(10, 10), "bare, 8": rounds(5, 5), "bare, 32": rounds(8, 8)})[0]
    assert (verdict.denominator, verdict.value) == ("bare, 32", 1.25)


def test_stars_on_both_sides_are_compared_pair_by_pair_and_little_is_good_enough() -> None:
    goal = Goal("G", "s", "* (large)", "<=", "p50_ms", "* (small)", bound=1.2, or_at_most=2.0, says="-")
    told = {
        "a (large)": [{"p50_ms": 1.5}], "a (small)": [{"p50_ms": 0.5}], "b (large)": [{"p50_ms": 9.0}],
        "b (small)": [{"p50_ms": 3.0}], "c": [{"p50_ms": 1.0}],
    }  # fmt: skip
    assert [(each.numerator, each.outcome) for each in judge(goal, "pg", told)] == [
        ("a (large)", "met"),
        ("b (large)", "missed"),
    ]


def test_a_range_holds_its_median_and_comes_out_the_same_again() -> None:
    values = [1.0, 1.1, 0.9, 1.3, 1.2, 1.0, 0.8, 1.1, 1.0]
    low, high = bootstrap(values, Random(1))
    assert 0.8 <= low <= 1.0 <= high <= 1.3
    assert (low, high) == bootstrap(values, Random(1))


def test_every_goal_belongs_to_a_scenario_and_can_be_asked_for() -> None:
    goals = all_goals()
    assert {goal.scenario for goal in goals} <= set(COMPARISONS)
    assert chosen("W5", goals, quick=True) == {"many_accounts", "hot_account"}
    assert "live_push" not in chosen("", goals, quick=True)
    with pytest.raises(UnknownError):
        chosen("W99", goals, quick=True)


def test_a_ratio_that_fell_is_told_and_one_that_wavers_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    def record(value: float, low: float, high: float) -> dict[str, object]:
        goal = {"id": "W3", "op": ">="}
        verdict = {"goal": goal, "db": "pg", "numerator": "ours", "denominator": "theirs", "value": value, "low": low,
                   "high": high}  # fmt: skip
        return {"results": [{"verdicts": [verdict]}]}

    assert comparing.tell(record(2.0, 1.9, 2.1), record(1.5, 1.4, 1.6)) == 1
    assert "WORSE" in capsys.readouterr().out
    assert comparing.tell(record(2.0, 1.5, 2.1), record(1.6, 1.4, 1.8)) == 0
    assert comparing.tell(record(2.0, 1.9, 2.1), record(1.9, 1.7, 1.95)) == 0


def test_one_event_in_twenty_is_told_again_and_the_rest_are_counted() -> None:
    traffic = Traffic("t-", (1, 2, 3))
    events = [traffic() for _ in range(4000)]
    assert traffic.events + traffic.repeats == len(events)
    assert len({event.event_id for event in events}) == traffic.events
    assert 0.03 < traffic.repeats / len(events) < 0.07
    assert [Traffic("t-", (1, 2, 3))() for _ in range(1)] == events[:1]


def test_no_word_of_the_reference_reads_as_a_variable_to_pgbench() -> None:
    quoted = script().split("'")[1::2]
    assert [word for word in quoted if re.search(r":[a-z_]", word)] == []


def test_the_heavy_account_has_a_fortieth_of_all_events() -> None:
    who = grown._who([(number, number) for number in range(grown.ACCOUNTS)])
    heavy = sum(account_id == 0 for _bucket, account_id, _lot in who)
    assert 0.024 < heavy / len(who) < 0.026


def test_percentiles_are_told_where_each_act_was_timed() -> None:
    figures = Sample(4, 2.0, [0.001, 0.002, 0.003, 0.004]).figures()
    assert figures["per_second"] == 2
    assert 1 <= figures["p50_ms"] <= figures["p99_ms"] <= 4
    assert Sample(value=7.0).figures() == {"value": 7.0}


def test_the_page_is_written_from_its_frame(tmp_path: Path) -> None:
    record = {
        "facts": dict.fromkeys((*machine.facts(), "postgresql"), "x"),
        "quick": True, "noise": "others", "seconds": 1, "probes": [{"fsync_ms": 1}, {"fsync_ms": 1}], "results": [],
        "measured": [], "left_out": ["flat on pg"],
    }  # fmt: skip
    page = tmp_path / "page.md"
    report.write(page, record)
    told = page.read_text(encoding="utf-8")
    assert "not quiet" in told
    assert "time was over:** flat on pg" in told
    assert "{{" not in told


def test_what_all_do_together_counts_while_all_are_under_way_but_every_wait_counts() -> None:
    window = Window(counted_from=10.0, end=11.0)
    before, half_before, within, half_after = (9.8, 0.1), (9.9, 0.2), (10.2, 0.3), (10.9, 0.2)
    sample = window.sample([before, half_before, within, half_after], each=100)
    assert (sample.operations, sample.seconds) == (pytest.approx(200), 1.0)
    assert sample.taken == [0.2, 0.3, 0.2]


def test_the_log_of_pgbench_is_counted_as_callers_of_our_own_are() -> None:
    log = [f"0 {number} 5000 0 {1_700_000_000 + number // 100} {number % 100}0000" for number in range(1, 101)]
    sample = sample_of(log, seconds=1)
    assert (sample.operations, sample.seconds) == (pytest.approx(80, abs=1), pytest.approx(0.8))
    assert set(sample.taken) == {0.005}

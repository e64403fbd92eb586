"""The example apps do against a served desk what their readmes promise, and the books agree."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from billing_ui.client import AsyncBilling
from billing_ui.infra.db import Database
from tests.api.test_payments_api import SECRET
from tests.client.desk import Desk, open_desk, served
from tests.live_sandbox import Box

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, desk: Desk, user: str) -> subprocess.CompletedProcess[str]:
    told = {
        "BILLING_URL": desk.url,
        "BILLING_SECRET": SECRET,
        "BILLING_USER": user,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, str(EXAMPLES / name / "app.py")]
    return subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, timeout=60, check=False)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / name / "app.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def studio(db: Database) -> Iterator[Desk]:
    with open_desk(db, catalogue="studio") as opened:
        yield opened


def test_a_post_takes_eight_operations_and_each_is_charged_what_it_took(studio: Desk) -> None:
    studio.give(100_000)
    made = run("content_studio", studio, "user-1")
    assert made.returncode == 0, made.stdout + made.stderr
    events = {event.operation: event for event in studio.events()}
    assert len(events) == 8 == len(studio.events())
    assert (events["image_openai"].from_lots, events["image_google"].from_lots) == (8_000, 12_000)
    assert all(event.session == "post-1" for event in studio.events())
    taken = sum(event.from_lots for event in studio.events())
    assert f"the post took {taken:,} tokens" in made.stdout
    assert studio.world.balance(studio.customer) == 100_000 - taken and studio.open_holds() == 0
    studio.world.books_are_right()


def test_a_studio_without_tokens_is_told_where_to_get_some(studio: Desk) -> None:
    made = run("content_studio", studio, "somebody-new")
    assert made.returncode == 1 and studio.events() == []
    assert "stopped: " in made.stdout and "/subscription/topup/" in made.stdout


@pytest.fixture
def coach(db: Database) -> Iterator[httpx.Client]:
    with open_desk(db, catalogue="interview") as desk:
        app = load("interview_coach")
        with (
            served(lambda: app.build(AsyncBilling(desk.url, SECRET, language="en"))) as url,
            httpx.Client(base_url=url, headers={"x-user": "kim"}) as http,
        ):
            yield http
        desk.world.books_are_right()


def test_an_interview_sets_minutes_aside_and_takes_what_was_talked(coach: httpx.Client) -> None:
    begun = coach.post("/interviews").json()
    assert begun["left_after_this_one"] == {"minutes_per_month": 270, "interviews_per_day": 2}
    finish = f"/interviews/{begun['interview']}/finish"
    assert coach.post(finish, params={"minutes": 22}, headers={"x-user": "user-1"}).status_code == 404
    told = coach.post(finish, params={"minutes": 22}).json()
    assert (told["minutes"], told["minutes_left"]) == (22, 278)
    assert coach.post(finish, params={"minutes": 22}).json()["minutes_left"] == 278
    assert coach.get("/me").json()["meters"]["interviews_per_day"]["used"] == 1


def test_the_fourth_interview_of_a_day_does_not_begin(coach: httpx.Client) -> None:
    begun = [coach.post("/interviews") for _number in range(4)]
    assert [answer.status_code for answer in begun] == [201, 201, 201, 402]
    assert begun[3].json()["refusal"]["window"] == "day"


def test_what_a_plan_does_not_have_is_refused_with_a_reason(coach: httpx.Client) -> None:
    coach.post("/interviews")
    refused = coach.post("/video-review")
    assert (refused.status_code, refused.json()["code"]) == (402, "feature_not_in_plan")
    assert coach.get("/analytics").json() == {"allowed": False, "reason": "feature_not_in_plan"}
    spoken = {"transcript": "I led a team"}
    assert [coach.post("/analysis", params=spoken).status_code for _number in range(6)] == [200] * 5 + [402]


@pytest.fixture
def makalah(stocked_db: Database, box: Box) -> Iterator[Desk]:
    with open_desk(stocked_db, box) as opened:
        yield opened


def test_a_paper_is_written_until_the_day_is_used_up_and_then_a_payment_is_offered(makalah: Desk, box: Box) -> None:
    first, second = (run("paper_writer", makalah, "penulis-1") for _time in range(2))
    assert first.returncode == 0 and "token hari ini, saldo 0" in first.stdout, first.stdout + first.stderr
    assert second.returncode == 1 and "berhenti: " in second.stdout, second.stdout + second.stderr
    assert "/pay/top_" in second.stdout and "atau pindai: 000201" in second.stdout
    assert makalah.open_holds() == 0
    asked = second.stdout.partition("/pay/")[2].split("/")[0]
    box.pay(asked)
    makalah.world.later(seconds=30)
    makalah.world.work()
    third = run("paper_writer", makalah, "penulis-1")
    assert third.returncode == 0, third.stdout + third.stderr
    makalah.world.books_are_right()

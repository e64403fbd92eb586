"""`billing-ui usage import`: every line once, whatever it is and however often the file is read."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from billing_ui import runtime
from billing_ui.cli import usage_import
from billing_ui.cli.frontend import ROOT
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.ledger.tables import usage_event
from billing_ui.queries.balance import account_of
from tests.metering import EVENT_ID, kept_events
from tests.world import Customer, World, open_world

Output = pytest.CaptureFixture[str]
HEADER = "event_id,external_id,operation,input_tokens,occurred_at\n"


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened, runtime.use(opened.env):
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    return world.customer("sari@pelanggan.test")


def write(folder: Path, text: str, name: str = "use.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def take_in(path: Path, sari: Customer, capsys: Output, *more: str) -> tuple[int, dict[str, object]]:
    code = main(["usage", "import", str(path), "--account", sari.email, "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def rejected(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def events(world: World) -> int:
    with world.env.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(usage_event)) or 0


def test_a_file_is_taken_in_once_however_often_it_is_read(
    world: World, sari: Customer, tmp_path: Path, capsys: Output
) -> None:
    rows = [f"evt-{n},chat,{n},2026-11-{1 + n % 20:02}T08:00+07:00" for n in range(60)]
    path = write(tmp_path, "\n".join(["event_id,operation,input_tokens,occurred_at", *rows]))
    assert take_in(path, sari, capsys)[1].items() >= {"new": 60, "known": 0, "rejected": 0, "is_done": True}.items()
    assert take_in(path, sari, capsys)[1].items() >= {"new": 0, "known": 60, "rejected": 0}.items()
    assert (events(world), sorted(each.name for each in tmp_path.iterdir())) == (60, ["use.csv"])
    world.books_are_right()


def test_lines_without_an_id_are_named_by_file_and_line(
    world: World, sari: Customer, tmp_path: Path, capsys: Output
) -> None:
    path = write(tmp_path, 'operation,input_tokens,metadata\nchat,5,"{""why"":\n 1.5}"\n\nchat,7,\n')
    assert take_in(path, sari, capsys)[1]["new"] == 2
    assert take_in(path, sari, capsys)[1]["known"] == 2
    with world.env.db.read() as tx:
        told = tx.execute(kept_events(EVENT_ID, usage_event.c.metadata)).all()
    assert [tuple(row) for row in told] == [("use.csv:2", {"why": 1.5}), ("use.csv:5", None)]


def test_what_cannot_be_taken_is_kept_with_its_reason_and_can_be_mended(
    world: World, sari: Customer, tmp_path: Path, capsys: Output
) -> None:
    good = {"event_id": "a", "operation": "chat", "input_tokens": 10, "metadata": {"note": 0.5}}
    bad = [
        good | {"input_tokens": 11},
        good | {"event_id": "b", "operation": "sing"},
        good | {"event_id": "c", "account": "acc_nobody"},
        good | {"event_id": "d", "input_tokens": 20_001},
        good | {"event_id": "e", "input_tokens": "10"},
        good | {"event_id": "f", "occurred_at": "2026-11-20T08:00"},
        good | {"event_id": "g", "colour": "red"},
    ]
    path = write(tmp_path, "\n".join([*map(json.dumps, [good, *bad]), "{", '"\udcff"', "x" * 200_000]), "use.jsonl")
    code, told = take_in(path, sari, capsys)
    assert code == 1
    assert (told["new"], told["rejected"], told["rejects"]) == (1, 10, f"{path}.rejected.jsonl")
    assert told["reasons"] == {"key_reused": 1, "field_invalid": 7, "not_found": 1, "quota_exceeded": 1}
    kept = {str(line["event_id"]): line for line in rejected(Path(f"{path}.rejected.jsonl"))}
    assert kept["d"]["rejected"].items() >= {"line": 5, "code": "quota_exceeded", "limit": 20_000}.items()  # type: ignore[attr-defined]
    assert {kept[name]["rejected"]["why"] for name in "efg"} == {  # type: ignore[index]
        "whole_number", "instant_with_zone", "no_such_field"}  # fmt: skip
    world.later(days=1)
    again = write(tmp_path, json.dumps(kept["d"] | {"input_tokens": 20_000}), "mended.jsonl")
    assert take_in(again, sari, capsys)[1]["new"] == 1
    assert events(world) == 2


@pytest.mark.parametrize(("text", "why"), [
    ("event_id,tokens\nx,1\n", "no_such_column"), ("event_id,event_id\nx,1\n", "column_twice"),
])  # fmt: skip
def test_a_column_nobody_knows_stops_the_import_before_it_begins(
    world: World, sari: Customer, tmp_path: Path, capsys: Output, text: str, why: str
) -> None:
    assert main(["usage", "import", str(write(tmp_path, text)), "--account", sari.email]) == 2
    assert f"why={why}" in capsys.readouterr().err


def test_a_file_that_is_none_or_names_nobody_is_refused(
    world: World, sari: Customer, tmp_path: Path, capsys: Output
) -> None:
    assert main(["usage", "import", str(tmp_path / "nothing.csv")]) == 2
    assert main(["usage", "import", str(write(tmp_path, "", "use.txt"))]) == 2
    assert "ends in .csv or .jsonl" in capsys.readouterr().err
    path = write(tmp_path, "operation\nchat\nchat,chat\n")
    assert main(["usage", "import", str(path)]) == 1
    assert "2 rejected: field_invalid 2" in capsys.readouterr().out


def test_a_dry_run_prices_every_line_and_writes_nothing(
    world: World, sari: Customer, tmp_path: Path, capsys: Output
) -> None:
    path = write(tmp_path, "operation,input_tokens\nchat,10\nsearch,10\nsing,10\n")
    code, told = take_in(path, sari, capsys, "--dry-run")
    assert (code, told["new"], told["rejected"], told["draws"]) == (1, 2, 1, {"tokens": 15})
    assert main(["usage", "import", str(path), "--account", sari.email, "--dry-run"]) == 1
    assert capsys.readouterr().out.startswith("2 events can be read and draw 15 tokens; 1 rejected: field_invalid 1.")
    assert (events(world), [each.name for each in tmp_path.iterdir()]) == (0, ["use.csv"])


def test_events_of_many_accounts_find_theirs(world: World, tmp_path: Path, capsys: Output) -> None:
    people = [world.customer(f"p{n}@pelanggan.test") for n in range(3)]
    with world.env.db.read() as tx:
        names = [account_of(tx, each.account_id)[0] for each in people]
    rows = [f"e-{n},{names[n % 3]},chat,5" for n in range(30)]
    path = write(tmp_path, "\n".join(["event_id,account,operation,input_tokens", *rows]))
    assert main(["usage", "import", str(path)]) == 0
    assert capsys.readouterr().out == "30 events recorded, 0 known before.\n"
    with world.env.db.read() as tx:
        counts = tx.execute(select(usage_event.c.account_id, func.count()).group_by(usage_event.c.account_id)).all()
    assert sorted(tuple(row) for row in counts) == [(each.account_id, 10) for each in people]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_import_that_is_ended_halfway_goes_on_and_charges_nothing_twice(
    world: World, sari: Customer, tmp_path: Path, number: signal.Signals
) -> None:
    count = 9_000
    path = write(tmp_path, "operation,input_tokens\n" + "chat,1\n" * count + "sing,1\n")
    bookmark = tmp_path / "use.csv.progress"
    first = importing(world, path, sari)
    deadline = time.monotonic() + 60
    while not bookmark.exists():
        assert first.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    first.send_signal(number)
    out, _ = first.communicate(timeout=60)
    assert first.returncode == (130 if number == signal.SIGINT else -number)
    if number == signal.SIGINT:
        assert "the same command goes on from there" in out
    done = events(world)
    assert 0 < done < count
    second = importing(world, path, sari)
    out, err = second.communicate(timeout=120)
    assert second.returncode == 1
    assert err.startswith("going on behind line ")
    assert "1 rejected: field_invalid 1" in out
    assert events(world) == count
    assert not bookmark.exists()
    assert [line["event_id"] for line in rejected(tmp_path / "use.csv.rejected.jsonl")] == ["use.csv:9002"]
    world.books_are_right()


def importing(world: World, path: Path, sari: Customer) -> "subprocess.Popen[str]":
    """The command in a process of its own, as a shell would start it."""
    url = world.env.db.url.render_as_string(hide_password=False)
    environment = {**os.environ, "BILLING_ENV": "demo", "CATALOGUE": "makalah", "DATABASE_URL": url}
    command = [sys.executable, "-m", "billing_ui.cli.main", "usage", "import", str(path), "--account", sari.email]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_file_that_was_changed_meanwhile_is_begun_anew(
    world: World, sari: Customer, tmp_path: Path, capsys: Output
) -> None:
    path = write(tmp_path, "event_id,operation,input_tokens\na,chat,1\n")
    mark = {"file": "another", "ends": 20, "number": 9, "new": 8, "known": 0, "rejected": 0, "rejected_bytes": 0}
    (tmp_path / "use.csv.progress").write_text(json.dumps(mark | {"reasons": {}}))
    assert take_in(path, sari, capsys)[1]["new"] == 1
    (tmp_path / "use.csv.progress").write_text("{")
    assert take_in(path, sari, capsys)[1]["known"] == 1


def test_an_import_whose_database_stays_away_ends_with_try_again_and_loses_nothing(
    sqlite_stocked_url: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_import, "PATIENCE_S", ())
    with open_world(Database(sqlite_stocked_url)) as world, runtime.use(world.env):
        told = ["usage", "import", str(write(tmp_path, "operation\nchat\nsearch\n"))]
        told += ["--account", world.customer("sari@pelanggan.test").email]
        with sqlite3.connect(str(world.env.db.url.database), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            assert main(told) == 75
            other.execute("ROLLBACK")
        other.close()
        assert "[busy (retry_after_s=" in capsys.readouterr().err
        assert main(told) == 0
        assert (events(world), capsys.readouterr().out) == (2, "2 events recorded, 0 known before.\n")

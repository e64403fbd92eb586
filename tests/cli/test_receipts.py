"""`billing-ui receipts`, as a person at a terminal sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from billing_ui import runtime
from billing_ui.cli.exits import NOT_THERE, REFUSED
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.models import Receipt
from billing_ui.rules.receipts import printed
from tests.services.test_receipts import of, paid
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


def test_what_was_issued_is_listed_the_newest_first(world: World, capsys: Output) -> None:
    customer = world.customer()
    paid(world, customer)
    world.later(minutes=20)
    ref = paid(world, customer, "py-0002")
    assert main(["receipts", "list"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["KW-2026-000002", "KW-2026-000001"]
    assert (lines[0][-2], lines[0][-1]) == ("valid", ref)


def test_the_paper_is_written_to_a_file(world: World, capsys: Output, tmp_path: Path) -> None:
    receipt = of(world, paid(world, world.customer()))
    file = tmp_path / "kuitansi.pdf"
    assert main(["receipts", "print", receipt.number, "--out", str(file)]) == 0
    indonesian = file.read_bytes()
    assert indonesian.startswith(b"%PDF-")
    assert main(["receipts", "print", receipt.number, "--out", str(file), "--lang", "en"]) == 0
    assert file.read_bytes() != indonesian
    assert receipt.number in capsys.readouterr().out
    assert main(["receipts", "print", "KW-2026-000099", "--out", str(file)]) == NOT_THERE


def test_a_receipt_is_checked_by_its_code(world: World, capsys: Output) -> None:
    receipt = of(world, paid(world, world.customer()))
    assert main(["receipts", "verify", receipt.number, printed(receipt.check_code)]) == 0
    assert "valid" in capsys.readouterr().out
    assert main(["receipts", "verify", receipt.number, "0000000000"]) == REFUSED
    assert "bad_code" in capsys.readouterr().err


def test_what_is_missing_is_issued_once(world: World, capsys: Output) -> None:
    paid(world, world.customer())
    with world.env.db.begin() as tx:
        tx.execute(delete(Receipt))
    for told in ("receipts issued: 1", "receipts issued: 0"):
        assert main(["receipts", "issue-missing"]) == 0
        assert capsys.readouterr().out.strip() == told

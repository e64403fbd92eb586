"""Builders for the catalogue's tests: a file with one edit, and a desk (an Env) that sells it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from billing_ui.catalogues.load import find, load
from billing_ui.catalogues.shape import Catalogue
from billing_ui.config import Config
from billing_ui.emails.resend import ResendMailer
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.infra.passwords import Passwords
from billing_ui.infra.signals import Signals
from billing_ui.kit.clock import ManualClock
from billing_ui.kit.ids import Ids
from billing_ui.ledger import Writer

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


def edited(folder: Path, name: str, *edits: tuple[str, str]) -> Path:
    """A copy of a shipped file with texts replaced; an edit that finds nothing is a mistake of the test."""
    words = find(name).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in words, f"{old!r} is not in {name}.toml"
        words = words.replace(old, new, 1)
    path = folder / f"{name}.toml"
    path.write_text(words, encoding="utf-8")
    return path


def without(folder: Path, name: str, first: str, last: str) -> Path:
    """A copy of a shipped file without what stands from `first` up to `last`."""
    words = find(name).read_text(encoding="utf-8")
    start = words.index(first)
    path = folder / f"{name}.toml"
    path.write_text(words[:start] + words[words.index(last, start) :], encoding="utf-8")
    return path


def desk(db: Database, catalogue: Catalogue | None = None) -> Env:
    clock, sold, signals = ManualClock(NOON), catalogue or load("makalah"), Signals()
    return Env(
        db=db,
        clock=clock,
        ids=Ids.seeded(7),
        catalogue=sold,
        gateways={},
        mailer=ResendMailer("re_test", "http://127.0.0.1:9", "billing@localhost"),
        signals=signals,
        writer=Writer(db, clock, sold.paid_meter, signals.publish_all, lambda _due_at: None),
        passwords=Passwords(),
        failpoint=lambda _name: None,
        awaken=lambda _due_at: None,
        config=Config(_env_file=None, billing_env="test"),
    )


def selling(env: Env, path: Path) -> Env:
    """The same desk with another file in its hand."""
    return replace(env, catalogue=load(str(path)))

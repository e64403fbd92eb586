"""Every refusal has a row in every door's table and a sentence in each language; no table has rows nobody raises."""

from __future__ import annotations

import pytest

from billing_ui.api.errors import STATUS
from billing_ui.cli.exits import EXITS
from billing_ui.emails.base import MailRejected, MailUnavailable
from billing_ui.i18n.load import catalogue
from billing_ui.jobs.verdicts import VERDICTS, verdict
from billing_ui.rules import errors
from billing_ui.rules.errors import BillingError, GatewayUnavailable, NotFound, leaves
from billing_ui.state.feedback import PLACES

CODES = {leaf.code for leaf in leaves()}


@pytest.mark.parametrize(
    ("door", "table"),
    [("api", STATUS.keys() - {"internal"}), ("jobs", VERDICTS.keys()), ("cli", EXITS.keys()), ("pages", PLACES.keys())],
)
def test_every_door_translates_every_refusal_and_nothing_else(door: str, table: set[str]) -> None:
    assert set(table) == CODES


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", sorted(CODES | {"internal"}))
def test_every_refusal_has_a_sentence(language: str, code: str) -> None:
    assert catalogue(language)[f"error.{code}"]


def test_codes_are_unique_and_the_drawing_names_every_leaf() -> None:
    found = [leaf.code for leaf in leaves()]
    assert len(found) == len(set(found))
    drawing = errors.__doc__ or ""
    assert all(leaf.__name__ in drawing and leaf.code in drawing for leaf in leaves())


def test_a_job_is_parked_for_what_cannot_mend_and_tried_again_for_everything_else() -> None:
    assert verdict(NotFound(what="payment")) == "park"
    assert verdict(MailRejected("no such address")) == "park"
    assert verdict(MailUnavailable("away")) == "retry"
    assert verdict(GatewayUnavailable()) == "retry"
    assert verdict(RuntimeError("surprise")) == "retry"
    assert verdict(BillingError()) == "retry"

"""A handler that breaks: the whole story in the log, a code for the person, and no technical word on the page."""

from __future__ import annotations

import logging

import pytest
import reflex as rx

from billing_ui.state import problem
from tests.state.tab import Tab


def test_the_log_and_the_page_share_a_code_and_the_page_learns_nothing_else(
    tab: Tab, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        event = problem.tell(ValueError("the password of the database"))
    told = str(event.args)
    (record,) = caplog.records
    code = record.getMessage().rpartition(" ")[2]
    assert len(code) == 8 and code.isalnum()
    assert code in told
    assert "password" not in told
    assert record.exc_info is not None


def test_the_framework_accepts_it_as_its_own_handler() -> None:
    app = rx.App(_state=None, backend_exception_handler=problem.tell)
    app._validate_exception_handlers()
    assert app.backend_exception_handler is problem.tell

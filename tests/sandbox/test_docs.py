"""The page about the sandbox names every route, call, fault, switch, mode and rate there is."""

from dataclasses import fields
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from billing_ui.sandbox.app import build
from billing_ui.sandbox.bad_day import FAULT_RATES, PAYER_RATES, WEBHOOK_RATES, Plan
from billing_ui.sandbox.faults import CALLS, FAULTS
from billing_ui.sandbox.modes import Modes
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.switches import Switches

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
EXAMPLES = {
    "{reference}": "top_1",
    "/refunds/{id}": "/refunds/rfd-1",
    "/mails/{id}/{news}": "/mails/ID/bounced",
    "{id}": "top_s",
}


def control_paths() -> list[str]:
    mounts = [route for route in build(Settings()).routes if isinstance(route, Mount) and route.path == "/_sim"]
    return sorted({route.path for mount in mounts for route in mount.routes if isinstance(route, Route)})


@pytest.mark.parametrize("path", control_paths())
def test_every_control_route_has_a_line_to_copy(path: str) -> None:
    for name, example in EXAMPLES.items():
        path = path.replace(name, example)
    assert f"$SIM{path}" in PAGE


def test_every_name_that_can_be_said_is_on_the_page() -> None:
    named = [*FAULTS, *(call for calls in CALLS.values() for call in calls), *WEBHOOK_RATES, *PAYER_RATES, *FAULT_RATES]
    settings = [each.name for kind in (Switches, Modes) for each in fields(kind)]
    plan = [each.name for each in fields(Plan) if not each.name.endswith("_rates")]
    assert [name for name in {*named, *settings, *plan} if name not in PAGE] == []

"""What the pages for people name exists, and what exists is named there."""

import re
from pathlib import Path

import pytest

from billing_ui.config import Config
from billing_ui.jobs.schedule import HANDLERS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# Switches of tests, and one that only the start-up check reads.
NOT_FOR_DEPLOYMENTS = {"BILLING_FAILPOINT", "BILLING_TESTING", "WEB_WORKERS"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_leads_nowhere(page: Path) -> None:
    links = re.findall(r'(?:\]\(|src=")([^)#"]+)', page.read_text(encoding="utf-8"))
    assert [link for link in links if not link.startswith("http") and not (page.parent / link).exists()] == []


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (DOCS / "decisions").glob("0*.md") if f"({page.name})" not in listed] == []


def test_every_variable_of_a_deployment_is_explained() -> None:
    explained = (DOCS / "deploy.md").read_text(encoding="utf-8")
    names = {name.upper() for name in Config.model_fields} - NOT_FOR_DEPLOYMENTS
    assert sorted(name for name in names if f"`{name}`" not in explained) == []


def test_every_kind_of_job_is_told() -> None:
    told = (DOCS / "architecture.md").read_text(encoding="utf-8")
    assert [kind for kind in HANDLERS if f"`{kind}`" not in told] == []


def test_every_room_is_on_the_map() -> None:
    drawn = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = [each.parent.name for each in (ROOT / "billing_ui").glob("*/__init__.py")]
    assert [room for room in rooms if f"| `{room}/` |" not in drawn] == []

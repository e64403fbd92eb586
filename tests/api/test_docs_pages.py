"""The API's own pages: all of the document, nothing from elsewhere, calls that work, a secret only in a demo."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.api.docs_view import themes
from billing_ui.api.docs_words import FAMILY, said_in
from billing_ui.env import Env
from billing_ui.i18n.load import catalogue
from billing_ui.infra.db import Database
from billing_ui.security.wrap import wrap
from tests.api.test_payments_api import SECRET, bearer, with_secret
from tests.world import World, open_world

CATALOGUES = ("makalah", "interview", "enterprise", "studio")
BODY = re.compile(r"/api/billing/([\w/-]+).*?-d &#39;(.*?)&#39;", re.DOTALL)


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened:
        yield opened


def demo(world: World, **changed: Any) -> Env:
    wanted = {"billing_env": "demo", "public_url": "http://127.0.0.1:3000", "billing_secret": SecretStr(SECRET)}
    return replace(world.env, config=world.env.config.model_copy(update={**wanted, **changed}))


def start_page(env: Env, host: str = "127.0.0.1:3000", **query: str) -> str:
    with runtime.use(env), TestClient(wrap(build()), base_url=f"http://{host}") as http:
        answer = http.get("/api/docs/quick-start", params=query)
        assert answer.status_code == 200
        return answer.text


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_reference_shows_every_path_and_takes_nothing_from_elsewhere(world: World, language: str) -> None:
    with runtime.use(with_secret(world)), TestClient(wrap(build())) as http:
        page = http.get("/api/docs", headers={"Accept-Language": language})
        document = http.get("/api/openapi.json").json()
    assert (page.status_code, page.headers["content-language"]) == (200, language)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for path, verbs in document["paths"].items():
        assert path in page.text
        for verb, said in verbs.items():
            assert said_in(language, said["summary"]) in page.text, (verb, path)
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]*", page.text) == []
    assert "undefined" not in page.text.lower()


def test_every_word_of_the_document_is_there_in_both_languages_and_no_other(world: World) -> None:
    with runtime.use(with_secret(world)):
        shown = themes(build().openapi(), "http://billing.test")
    words: set[str] = set()
    for operation in (each for theme in shown for each in theme.operations):
        words |= {
            operation.title,
            operation.means,
            *(field.means for field in (*operation.parameters, *operation.body)),
        }
        for answer in operation.answers:
            words |= {answer.means, *(field.means for field in answer.fields), *(one.name for one in answer.examples)}
    english, indonesian = (
        {key: said for key, said in catalogue(language).items() if key.startswith(FAMILY)} for language in ("en", "id")
    )
    assert set(english.values()) == words - {""}
    alike = {said for key, said in indonesian.items() if said == english[key]}
    assert all(said.startswith("`") for said in alike), "nothing was left in English"


def test_a_language_is_chosen_by_the_page_or_by_the_browser(world: World) -> None:
    assert 'lang="id"' in start_page(demo(world), lang="id")
    assert "Mulai cepat" in start_page(demo(world), lang="id")
    assert "Quick start" in start_page(demo(world), lang="xx")


def test_a_demo_shows_its_own_secret_on_its_own_machine_only(world: World) -> None:
    assert SECRET in start_page(demo(world))
    assert SECRET in start_page(demo(world), "localhost:3000")
    assert SECRET not in start_page(demo(world), "attacker.example"), "a name that was pointed at this machine"
    for changed in (
        {"billing_env": "production"}, {"billing_env": "development"}, {"billing_env": "test"},
        {"public_url": "https://billing.example.com"}, {"xendit_base_url": "https://api.xendit.co"},
    ):  # fmt: skip
        page = start_page(demo(world, **changed))
        assert SECRET not in page, changed
        assert "YOUR_SECRET" in page


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_calls_of_the_quick_start_work_as_they_stand(sqlite_url: str, catalogue: str) -> None:
    with open_world(Database(sqlite_url), catalogue=catalogue) as world:
        env = demo(world)
        told = [(path, json.loads(body.replace("&#34;", '"'))) for path, body in BODY.findall(start_page(env))]
        assert [path for path, _body in told] == ["init-user", "usage-check", "track-usage"]
        with runtime.use(env), TestClient(wrap(build())) as http:
            answers = [http.post(f"/api/billing/{path}", json=body, headers=bearer()) for path, body in told]
        opened, checked, taken = answers
        assert (opened.status_code, checked.status_code) == (201, 200)
        # Whoever pays as they go has nothing yet, and reads so.
        assert taken.status_code == (201 if checked.json()["allowed"] else 402)
        assert checked.json()["allowed"] is (catalogue != "studio")


def test_the_python_call_is_python(world: World) -> None:
    page = start_page(demo(world))
    code = page[page.index("import os") : page.index("</code>", page.index("import os"))]
    called = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(code.replace("&#34;", '"'))) if isinstance(node, ast.Call)
    }
    assert {"billing.reserve", "call.settle"} <= called

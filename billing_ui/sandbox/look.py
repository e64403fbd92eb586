"""Renders a person's pages in the language they ask for."""

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from billing_ui.sandbox import words
from billing_ui.sandbox.settings import Settings


class Look:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    def page(self, http: Request, template: str, /, *, status: int = 200, **facts: Any) -> Response:
        language = _language(http)
        other = "en" if language == "id" else "id"
        kept = {name: value for name, value in http.query_params.items() if name not in {"lang", "done", "said"}}
        where = http.url.path if http.method == "GET" else "/"
        content = self._templates.get_template(template).render(
            language=language,
            other_language=f"{where}?{urlencode({**kept, 'lang': other})}",
            app_url=self._settings.app_url,
            link=partial(_link, http),
            t=partial(words.say, language),
            money=partial(words.rupiah, language),
            moment=partial(words.when, language),
            span=partial(words.span, language),
            **facts,
        )
        return HTMLResponse(content, status)

    @staticmethod
    def see(http: Request, path: str, **query: str) -> Response:
        """Answer of every form: look at this page now; a reload repeats nothing."""
        return RedirectResponse(_link(http, path, **query), 303)


def _language(http: Request) -> str:
    return words.choose(http.query_params.get("lang", ""), http.headers.get("accept-language", ""))


def _link(http: Request, path: str, **query: str) -> str:
    """A language once chosen by address stays with the reader."""
    if "lang" in http.query_params:
        query = {**query, "lang": _language(http)}
    return f"{path}?{urlencode(query)}" if query else path

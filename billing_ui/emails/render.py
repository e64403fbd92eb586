"""Makes a mail of a template, a language and its facts: one subject, one HTML, one plain text, nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from billing_ui.emails import details
from billing_ui.emails.colors import DARK, LIGHT
from billing_ui.i18n import text

# By default mrml links web fonts it knows by name; a mail must not tell anybody that it was opened.
_WITHOUT_FETCHING = mrml.RenderOptions(fonts={})
_TEMPLATES = Path(__file__).parent / "templates"
_FORMS: Final = {
    "verify_email": "verify_email",
    "reset_password": "reset_password",
    "welcome": "welcome",
    "payment_success": "payment",
    "payment_late": "payment",
    "payment_failed": "payment",
    "payment_expired": "payment",
    "payment_review": "payment",
    "payment_refunded": "payment",
    "balance_low": "notice",
    "balance_critical": "notice",
    "quota_near": "notice",
    "quota_reached": "notice",
}
TEMPLATES: Final = tuple(_FORMS)
# Of these there is more than one kind; the fact `why` says which it is, and each has a body of its own.
_KINDS: Final = {"payment_review": ("held", "extra"), "payment_refunded": ("tokens_back", "tokens_kept")}
# Whoever paid late has bought the same: a catalogue need not name its button twice.
_SAME_BUTTON: Final = {"payment_late": "payment_success"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a mail says, in both of its forms."""

    subject: str
    html: str
    text: str


def render(template: str, language: str, args: Mapping[str, Any]) -> Rendered:
    """`args` are plain facts, kept as JSON until now: whole amounts, instants as ISO texts, `brand` as a dict."""
    if template not in TEMPLATES:
        raise KeyError(f"no mail template {template!r}")
    facts = {
        **args,
        "t": _speaker(language),
        "rows": details.rows(language, args),
        "total": details.money(args, args["amount"]) if "amount" in args else None,
        "body": _body(template, language, args),
        "greeting": _greeting(language, str(args.get("name") or "")),
        "language": language,
        "mail": f"mail.{template}",
        "cta_text": _call_to_action(template, language, args),
        "light": LIGHT,
        "dark": DARK,
    }
    room = _room()
    form = _FORMS[template]
    page = mrml.to_html(room.get_template(f"{form}.mjml").render(facts), render_options=_WITHOUT_FETCHING)
    plain = room.get_template(f"{form}.txt").render(facts)
    subject = text(language, f"mail.{template}.subject", brand=args["brand"]["name"])
    return Rendered(subject, page.content, plain.strip() + "\n")


@cache
def _room() -> Environment:
    room = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["mjml"], default=False),  # the plain text needs no escaping
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters["link"] = _link
    return room


def _speaker(language: str) -> Callable[..., str]:
    def say(key: str, **facts: Any) -> str:
        return text(language, key, **facts)

    return say


def _greeting(language: str, name: str) -> str:
    return text(language, "mail.common.greeting", name=name) if name else text(language, "mail.common.greeting_plain")


def _body(template: str, language: str, args: Mapping[str, Any]) -> str:
    key = f"mail.{template}.body"
    if template in _KINDS:
        kinds = _KINDS[template]
        key = f"{key}.{kinds[kinds.index(args['why'])]}"
    return text(language, key, brand=args["brand"]["name"], until={"when": args.get("until"), "zone": args.get("zone")})


def _link(address: str) -> str:
    """Only what a browser opens as a page; a mail is no place for any other scheme."""
    if urlsplit(address).scheme not in {"https", "http"} or not address.isprintable():
        raise ValueError("a mail links to http(s) addresses only")
    return address


def _call_to_action(template: str, language: str, args: Mapping[str, Any]) -> str:
    """The catalogue may name its own button (a text, or one in each language); ours otherwise."""
    brand = args["brand"]
    own = brand.get("cta", {}).get(_SAME_BUTTON.get(template, template))
    if isinstance(own, Mapping):
        own = own[language]
    return str(own or text(language, f"mail.{template}.cta", brand=brand["name"]))

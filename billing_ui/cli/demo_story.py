"""What the demo says: to the person who reads the terminal, and to programs that read demo.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from billing_ui.cli.demo_wishes import Wishes

SCHEMA = 1


def say(what: str) -> None:
    print(f"==> {what}", flush=True)


def facts(chosen: Wishes, told: dict[str, str], currency: str, people: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "catalogue": chosen.catalogue,
        "currency": currency,
        "app_url": chosen.app_url,
        "sandbox_url": chosen.sandbox_url,
        "inbox_url": f"{chosen.sandbox_url}/inbox",
        "billing_secret": told["BILLING_SECRET"],
        "users": people,
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """By rename, so that nobody ever reads half of it."""
    draft = path.with_suffix(".tmp")
    write_private(draft, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    draft.replace(path)


def write_private(path: Path, text: str) -> None:
    """Passwords and secrets, even made-up ones, are read by their owner only."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def block(content: dict[str, Any]) -> str:
    width = max((len(person["email"]) for person in content["users"]), default=0)
    people = [f"  {person['role']:<9} {person['email']:<{width}}  {person['password']}" for person in content["users"]]
    return "\n".join((
        "",
        f"  app       {content['app_url']}",
        f"  sandbox   {content['sandbox_url']}  (pay with my phone: /phone)",
        f"  inbox     {content['inbox_url']}",
        "",
        *people,
        "",
        "  Ctrl-C ends everything.",
        "",
    ))  # fmt: skip

"""Turns the OpenAPI document into what its page shows: paths by theme, each with its fields, answers and a call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from billing_ui.api.docs_calls import in_lines

Said = Mapping[str, Any]
_DEEPEST = 3
_SHOWN_VERBS = ("get", "post")


@dataclass(frozen=True, slots=True)
class Field:
    """One value that is sent or answered; `name` is dotted where it lies inside another one."""

    name: str
    kind: str
    is_required: bool
    means: str


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    means: str
    examples: tuple[Example, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One path and verb."""

    anchor: str
    verb: str
    path: str
    title: str
    means: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    call: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """The operations that belong together."""

    name: str
    operations: tuple[Operation, ...]


def themes(document: Said, public_url: str) -> tuple[Theme, ...]:
    """In the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, verbs in document["paths"].items():
        for verb in _SHOWN_VERBS:
            if verb in verbs:
                said = verbs[verb]
                shown = _operation(document, public_url, path, verb, said)
                found.setdefault((said.get("tags") or [""])[0], []).append(shown)
    return tuple(Theme(name, tuple(operations)) for name, operations in found.items())


def _operation(document: Said, public_url: str, path: str, verb: str, said: Said) -> Operation:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = _examples(content)
    parameters = tuple(
        Field(each["name"], f"{each['in']}, {_kind(document, each['schema'])}", each.get("required", False),
              each.get("description") or each["schema"].get("description", ""))
        for each in said.get("parameters", ())
    )  # fmt: skip
    return Operation(
        anchor=f"{verb}{path}".replace("/", "-").replace("{", "").replace("}", ""), verb=verb.upper(), path=path,
        title=said.get("summary", ""), means=said.get("description", ""), scope=said.get("x-required-scope", ""),
        parameters=parameters, body=tuple(_fields(document, content.get("schema", {}))),
        call=_call(public_url, path, verb, said, examples[0].text if examples else ""),
        answers=tuple(_answer(document, status, each) for status, each in sorted(said["responses"].items())),
    )  # fmt: skip


def _answer(document: Said, status: str, said: Said) -> Answer:
    content: Said = next(iter(said.get("content", {}).values()), {})
    fields = tuple(_fields(document, content.get("schema", {}))) if status.startswith("2") else ()
    return Answer(status, said.get("description", ""), _examples(content), fields)


def _examples(content: Said) -> tuple[Example, ...]:
    named = content.get("examples") or ({"": {"value": content["example"]}} if "example" in content else {})
    return tuple(
        Example(each.get("summary", name), json.dumps(each["value"], indent=2, ensure_ascii=False))
        for name, each in named.items()
    )


def _fields(document: Said, schema: Said, before: str = "", depth: int = 1) -> Iterator[Field]:
    schema = _plain(document, schema)
    for name, given in schema.get("properties", {}).items():
        said = _plain(document, given)
        is_required = name in schema.get("required", ())
        yield Field(before + name, _kind(document, given), is_required, given.get("description", ""))
        inner = said.get("items") or (said["additionalProperties"] if _is_map(said) else said)
        if depth < _DEEPEST:
            mark = "[]." if "items" in said else ".*." if _is_map(said) else "."
            yield from _fields(document, inner, f"{before}{name}{mark}", depth + 1)


def _plain(document: Said, schema: Said) -> Said:
    """What a reference means, or the one form that is not null."""
    if "$ref" in schema:
        return _plain(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    forms = [form for form in schema.get("anyOf", ()) if form.get("type") != "null"]
    return _plain(document, forms[0]) if len(forms) == 1 else schema


def _is_map(said: Said) -> bool:
    return isinstance(said.get("additionalProperties"), dict)


def _kind(document: Said, given: Said) -> str:
    said = _plain(document, given)
    words = " | ".join(str(word) for word in said.get("enum", ()) if word != "") or said.get("format")
    kind = str(words or said.get("type", "any"))
    return f"{kind} | null" if any(form.get("type") == "null" for form in given.get("anyOf", ())) else kind


def _call(public_url: str, path: str, verb: str, said: Said, body: str) -> str:
    """The same as a command to try."""
    if not said.get("security"):
        return f"curl {public_url}{path}"
    names = {each["name"]: each for each in said.get("parameters", ())}
    query = "?external_id=user-4711" if "external_id" in names else ""
    lines = [f"curl {public_url}{path}{query}", '-H "Authorization: Bearer $BILLING_SECRET"']
    lines += [f"-H '{name}: {each['example']}'" for name, each in names.items() if each["in"] == "header"]
    if verb == "post":
        lines += [f"-d '{in_lines(json.loads(body))}'"]
    return " \\\n  ".join(lines)

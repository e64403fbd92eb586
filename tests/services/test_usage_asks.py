"""What tells one event from another: the hash of all that a host app told, which is kept with the event for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_ui.infra.db import Database
from billing_ui.rules.access import system
from billing_ui.rules.errors import FieldInvalid
from billing_ui.services.usage_asks import Usage, ask
from tests.world import World, open_world

CLI = system("test")
_texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
_kept = _texts | st.integers() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
_counts = st.integers(0, 10**12)
_instants = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 20)).map(  # noqa: DTZ001 - gets its zone
    lambda at: at.replace(tzinfo=timezone(timedelta(hours=7)))
)


@pytest.fixture
def hashing(sqlite_stocked_url: str) -> Iterator[World]:
    """Nothing here reads or writes the books."""
    with open_world(Database(sqlite_stocked_url)) as opened:
        yield opened


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    event_id=_texts, model=_texts, tokens=_counts, cached=_counts, at=_instants, session=st.none() | _texts,
    metadata=st.dictionaries(_texts, _kept, max_size=3),
)  # fmt: skip
def test_the_hash_is_that_of_the_list_of_all_that_was_told_as_json(
    hashing: World, event_id: str, model: str, tokens: int, cached: int, at: datetime | None, session: str | None,
    metadata: dict[str, Any],
) -> None:  # fmt: skip
    usage = Usage(1, event_id, "chat", model, tokens, 7, cached, occurred_at=at, session=session, metadata=metadata)
    told = (
        "record", "chat", model, tokens, 7, cached, 0, "", 0, at.astimezone(UTC).isoformat() if at else None, session,
        metadata,
    )  # fmt: skip
    expected = blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=8).hexdigest()
    assert ask(hashing.env, CLI, "record", usage).request_hash == expected


@pytest.mark.parametrize("name", ["input_tokens", "output_tokens", "cached_tokens", "quantity", "amount"])
@pytest.mark.parametrize("count", [-1, 10**12 + 1])
def test_a_count_out_of_range_is_named(hashing: World, name: str, count: int) -> None:
    with pytest.raises(FieldInvalid) as refused:
        ask(hashing.env, CLI, "record", Usage(1, "evt", "chat", **{name: count}))
    assert refused.value.facts == {"field": name, "why": "range"}

"""Who knocks at the host app's door: the deployment's own secret, or a key that an admin made. Cookies mean nothing."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from pydantic import SecretStr

from billing_ui.api.remembered import Remembered
from billing_ui.env import Env
from billing_ui.kit.ids import digest
from billing_ui.queries.api_keys import ActiveKey, active_keys
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BadKey, Forbidden, NotFound
from billing_ui.rules.scopes import PREFIX, SCOPES, Scope

# A revoked key dies within this time, in every process; a new one lives at once.
SECONDS_TO_DIE = 5.0
_UNKNOWN_EVERY_S = 1.0
_PREFIX = PREFIX.encode()
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever showed a secret that is known, and what it is good for."""

    actor: Actor
    scopes: frozenset[Scope]
    expires_at: datetime | None = None

    def needs(self, scope: Scope) -> None:
        if scope not in self.scopes:
            raise Forbidden(scope=scope)


_OWNER = Caller(Actor("host:api"), frozenset(SCOPES))


async def caller_of(env: Env, headers: Headers) -> Caller:
    """The digest of what was shown is compared and looked up, so that neither content nor length of a secret takes its
    time."""
    given = [value for name, value in headers if name == b"authorization"]
    scheme, _, rest = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
    is_bearer, shown = scheme.lower() == b"bearer", rest.strip()
    name = sha256(shown).hexdigest()
    secret = env.config.billing_secret
    if secret and is_bearer and hmac.compare_digest(name, _name_of(secret)):
        return _OWNER
    if is_bearer and shown.startswith(_PREFIX):
        return await _key_holder(env, name)
    if not secret and not await _callers_of(env):
        raise NotFound(what="api")
    raise BadKey


async def _key_holder(env: Env, name: str) -> Caller:
    """Only the few keys that are active are read, so that a made-up key costs the database nothing."""
    known = (await _callers_of(env)).get(name) or (await _callers_of(env, younger_than=_UNKNOWN_EVERY_S)).get(name)
    if known is None or (known.expires_at is not None and known.expires_at <= env.clock.now()):
        raise BadKey
    return known


async def _callers_of(env: Env, younger_than: float | None = None) -> Mapping[str, Caller]:
    at_hand = None if younger_than is not None else _callers.at_hand(env, "")
    return at_hand if at_hand is not None else (await _callers.find(env, [""], younger_than=younger_than))[""]


@lru_cache(2)
def _name_of(secret: SecretStr) -> str:
    """As keys are stored: it is worked out once, not with every request."""
    return digest(secret.get_secret_value())


def _read(env: Env, _names: Collection[str]) -> Mapping[str, Mapping[str, Caller]]:
    with env.db.read() as tx:
        return {"": {key.secret_hash: _caller(key) for key in active_keys(tx)}}


def _caller(key: ActiveKey) -> Caller:
    return Caller(Actor(f"host:{key.public_id}"), frozenset(key.scopes), key.expires_at)


_callers: Remembered[str, Mapping[str, Caller]] = Remembered(_read, seconds=SECONDS_TO_DIE)

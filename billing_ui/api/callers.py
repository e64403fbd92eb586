"""Who knocks at the host app's door: the deployment's own secret, or a key that an admin made. Cookies mean nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from starlette.requests import Request

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


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever showed a secret that is known, and what it is good for."""

    actor: Actor
    scopes: frozenset[Scope]

    def needs(self, scope: Scope) -> None:
        if scope not in self.scopes:
            raise Forbidden(scope=scope)


_OWNER = Caller(Actor("host:api"), frozenset(SCOPES))


async def caller_of(env: Env, request: Request) -> Caller:
    """Digests are compared, so that neither content nor length of a secret takes its time."""
    given = request.headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    is_bearer, shown = scheme.lower() == "bearer", token.strip()
    secret = env.config.billing_secret.get_secret_value() if env.config.billing_secret else ""
    if secret and is_bearer and hmac.compare_digest(_digest(shown.encode("latin-1")), _digest(secret.encode())):
        return _OWNER
    if is_bearer and shown.startswith(PREFIX):
        return await _key_holder(env, shown)
    if not secret and not await _keys_of(env):
        raise NotFound(what="api")
    raise BadKey


async def _key_holder(env: Env, shown: str) -> Caller:
    """Only the few keys that are active are read, so that a made-up key costs the database nothing."""
    name = digest(shown)
    key = (await _keys_of(env)).get(name) or (await _keys_of(env, younger_than=_UNKNOWN_EVERY_S)).get(name)
    if key is None or (key.expires_at is not None and key.expires_at <= env.clock.now()):
        raise BadKey
    return Caller(Actor(f"host:{key.public_id}"), frozenset(key.scopes))


async def _keys_of(env: Env, younger_than: float | None = None) -> Mapping[str, ActiveKey]:
    return (await _keys.find(env, [""], younger_than=younger_than))[""]


def _read(env: Env, _names: Collection[str]) -> Mapping[str, Mapping[str, ActiveKey]]:
    with env.db.read() as tx:
        return {"": {key.secret_hash: key for key in active_keys(tx)}}


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


_keys: Remembered[str, Mapping[str, ActiveKey]] = Remembered(_read, seconds=SECONDS_TO_DIE)

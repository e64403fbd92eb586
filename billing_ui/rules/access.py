"""Who is acting, and what their role lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from billing_ui.rules.errors import Forbidden, SignInRequired

OperatorRole = Literal["support", "finance", "admin", "owner"]
MemberRole = Literal["owner", "admin", "member"]
Permission = Literal[
    "accounts.read",
    "payments.recheck",
    "payments.resolve",
    "tokens.grant",
    "catalogue.write",
    "settings.write",
    "keys.manage",
    "roles.write",
]

_SUPPORT: frozenset[Permission] = frozenset({"accounts.read", "payments.recheck"})
_FINANCE: frozenset[Permission] = _SUPPORT | {"payments.resolve"}
_ADMIN: frozenset[Permission] = _FINANCE | {"tokens.grant", "catalogue.write", "settings.write", "keys.manage"}
PERMISSIONS: dict[OperatorRole, frozenset[Permission]] = {
    "support": _SUPPORT,
    "finance": _FINANCE,
    "admin": _ADMIN,
    "owner": _ADMIN | {"roles.write"},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `name` is what audit rows and entries keep: `user:usr_…`, `system:jobs`, `cli:operator`, `host:key`."""

    name: str
    user_id: int | None = None
    account_id: int | None = None
    role: OperatorRole | None = None
    trusted: bool = False

    def may(self, permission: Permission) -> bool:
        return self.trusted or (self.role is not None and permission in PERMISSIONS[self.role])


def require(actor: Actor, permission: Permission) -> None:
    if actor.user_id is None and not actor.trusted:
        raise SignInRequired
    if not actor.may(permission):
        raise Forbidden


def require_account(actor: Actor) -> int:
    """The account the actor acts for; services never take an account id from a client."""
    if actor.account_id is None:
        raise SignInRequired
    return actor.account_id


def system(part: str) -> Actor:
    """The product itself, acting through a job, a seed or the command line."""
    return Actor(name=f"system:{part}", trusted=True)


ANONYMOUS = Actor(name="anonymous")

"""Who may do what: nobody without signing in, an operator as far as the role goes, a trusted process everything."""

import pytest

from billing_ui.rules.access import PERMISSIONS, Actor, Permission, require, require_account, system
from billing_ui.rules.errors import Forbidden, SignInRequired

EVERYTHING = sorted(PERMISSIONS["owner"])


@pytest.mark.parametrize("permission", EVERYTHING)
def test_whoever_is_not_signed_in_is_asked_to_and_a_customer_is_refused(permission: Permission) -> None:
    with pytest.raises(SignInRequired):
        require(Actor("nobody"), permission)
    with pytest.raises(Forbidden):
        require(Actor("customer", user_id=1, account_id=7), permission)


@pytest.mark.parametrize("role", PERMISSIONS)
def test_an_operator_may_do_what_the_role_says_and_nothing_else(role: str) -> None:
    operator = Actor("operator", user_id=1, role=role)  # type: ignore[arg-type]  # a key of the roles
    allowed = {permission for permission in EVERYTHING if operator.may(permission)}
    assert allowed == PERMISSIONS[operator.role]  # type: ignore[index]  # it has just been given
    for permission in EVERYTHING:
        if permission in allowed:
            require(operator, permission)
        else:
            with pytest.raises(Forbidden):
                require(operator, permission)


def test_a_trusted_process_may_do_everything_without_signing_in() -> None:
    assert all(system("worker").may(permission) for permission in EVERYTHING)
    require(system("worker"), "roles.write")


def test_an_account_is_that_of_the_actor_or_none() -> None:
    assert require_account(Actor("customer", user_id=1, account_id=7)) == 7
    with pytest.raises(SignInRequired):
        require_account(Actor("operator", user_id=1, role="owner"))
